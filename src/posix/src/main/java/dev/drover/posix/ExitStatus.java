package dev.drover.posix;

/// How a process ended, as `waitid(2)` tells it.
public sealed interface ExitStatus {
    /// It exited by itself.
    ///
    /// @param code 0 to 255
    record Exited(int code) implements ExitStatus {}

    /// A signal ended it.
    ///
    /// @param signal number of the signal
    /// @param coreDumped whether it left a core
    record Killed(int signal, boolean coreDumped) implements ExitStatus {}
}
