package dev.drover.supervisor.pool;

/// What became of a [RolloutOrder].
public sealed interface RolloutOutcome {
    /// What became of it, for people.
    String message();

    /// It is under way.
    ///
    /// @param revision number of the revision that is wanted now
    record Accepted(int revision, String message) implements RolloutOutcome {}

    /// There was nothing to do.
    record Unchanged(String message) implements RolloutOutcome {}

    /// It cannot be done; nothing was changed.
    record Refused(Reason reason, String message) implements RolloutOutcome {}

    /// Why an order is refused.
    enum Reason {
        /// It is paused: resume it first.
        PAUSED,
        /// It is not paused.
        NOT_PAUSED,
        /// No revision of that number is kept: look at the history.
        UNKNOWN_REVISION,
        /// There is no revision but the wanted one.
        NO_HISTORY,
        /// Its places are filled once: no worker is ever replaced.
        NEVER_REPLACED,
        /// The pool is stopping.
        STOPPING
    }
}
