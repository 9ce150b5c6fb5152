package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;

/// What happens to a pool. An event about an incarnation that is gone changes nothing.
public sealed interface PoolEvent {
    /// The pool begins.
    record Opened() implements PoolEvent {}

    /// Something happened to an incarnation.
    ///
    /// @param ordinal its place
    /// @param number its number
    /// @param event what happened
    record Happened(int ordinal, int number, Life.Event event) implements PoolEvent {}

    /// A process is gone.
    ///
    /// @param ordinal its place
    /// @param number its number
    /// @param bySignal whether a signal ended it
    record Ended(int ordinal, int number, boolean bySignal) implements PoolEvent {}

    /// The queues of a retiring incarnation are due to be looked at.
    record QueueCheckDue(int ordinal, int number) implements PoolEvent {}

    /// A place has been empty for long enough. `number` is that of the incarnation that failed last.
    record BackOffEnded(int ordinal, int number) implements PoolEvent {}

    /// An incarnation has been ready for `minReady`.
    record MinReadyPassed() implements PoolEvent {}

    /// One worker is to be replaced.
    record RestartOrdered(int ordinal) implements PoolEvent {}

    /// Something else is wanted; the sockets are the same.
    record SpecChanged(PoolSpec spec) implements PoolEvent {}

    /// A second has passed: time to look at parked shards.
    record Ticked() implements PoolEvent {}

    /// Every worker is to stop.
    record StopOrdered() implements PoolEvent {}

    /// Every worker is to be killed.
    record KillOrdered() implements PoolEvent {}
}
