/// The page of the control address, and files of the class path that are served as they are.
@org.jspecify.annotations.NullMarked
package dev.drover.master.page;
