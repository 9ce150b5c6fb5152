/// Who may steer a master: roles, tokens, certificates.
@org.jspecify.annotations.NullMarked
package dev.drover.master.access;
