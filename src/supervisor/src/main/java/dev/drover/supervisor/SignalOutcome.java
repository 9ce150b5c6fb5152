package dev.drover.supervisor;

/// What became of a signal for a worker.
public sealed interface SignalOutcome {
    /// It was sent.
    ///
    /// @param pid of the process
    record Sent(long pid) implements SignalOutcome {}

    /// The place is empty.
    record NoProcess() implements SignalOutcome {}

    /// There is no such worker.
    record NoSuchWorker() implements SignalOutcome {}
}
