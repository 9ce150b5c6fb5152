package dev.drover.supervisor;

import dev.drover.posix.ExitStatus;

/// Why an incarnation ended, in one word of a closed set.
public enum ExitCause {
    /// It was told to: replaced, not wanted any more, or the supervisor stops.
    STOPPED,
    /// By itself, with code 0.
    COMPLETED,
    /// By itself, with another code.
    ERROR,
    /// By a signal that was not ours.
    SIGNAL,
    /// Killed by the kernel for lack of memory.
    OUT_OF_MEMORY,
    /// Killed by us because it hung: no sign of life, a failed liveness probe, or a connection not acknowledged.
    HUNG,
    /// It could not be started.
    START_ERROR;

    /// @param asked whether it was on its way out
    /// @param hung whether we have killed it for that
    static ExitCause of(Death death, boolean asked, boolean hung) {
        if (death.outOfMemory()) {
            return OUT_OF_MEMORY;
        }
        if (hung) {
            return HUNG;
        }
        if (asked) {
            return STOPPED;
        }
        return switch (death.status()) {
            case ExitStatus.Exited(var code) -> code == 0 ? COMPLETED : ERROR;
            case ExitStatus.Killed _ -> SIGNAL;
        };
    }
}
