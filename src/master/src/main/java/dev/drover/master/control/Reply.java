package dev.drover.master.control;

/// What comes of a call.
sealed interface Reply<T> {
    /// It is done.
    record Done<T>(T message) implements Reply<T> {}

    /// It is refused.
    record Refused<T>(Refusal refusal) implements Reply<T> {}
}
