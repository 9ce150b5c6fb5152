/// The kernel in Java: sockets, descriptors passed between processes, socket filters, child processes.
@org.jspecify.annotations.NullMarked
package dev.drover.posix;
