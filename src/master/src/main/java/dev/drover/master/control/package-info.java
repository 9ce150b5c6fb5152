/// The control API and its ways in.
@org.jspecify.annotations.NullMarked
package dev.drover.master.control;
