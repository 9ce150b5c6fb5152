package dev.drover.posix;

/// How a process ended.
public sealed interface ExitStatus {
    /// It ended by itself.
    ///
    /// @param code 0 to 255
    record Exited(int code) implements ExitStatus {}

    /// A signal ended it.
    ///
    /// @param signal the number, one of [Signals]
    /// @param coreDumped whether it left a core
    record Killed(int signal, boolean coreDumped) implements ExitStatus {}
}
