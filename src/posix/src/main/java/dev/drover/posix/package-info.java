/// The kernel in Java: descriptors, sockets that carry descriptors, listeners with socket programs, child processes
/// and readiness, by the foreign function API and without a native library.
///
/// Two layers. The `Sys*` classes mirror C and are the only code that calls it. Everything public owns what it
/// opens, closes it exactly once, sets `CLOEXEC` on it and turns errors into [dev.drover.posix.PosixException].
/// Linux with glibc on x86-64 and aarch64.
@NullMarked
package dev.drover.posix;

import org.jspecify.annotations.NullMarked;
