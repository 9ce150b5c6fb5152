package dev.drover.supervisor.pool;

import dev.drover.supervisor.PoolSpec;
import java.time.Duration;

/// What happens to a pool. An event about an incarnation that is gone changes nothing.
///
/// Timers only wake the core up: what is due stands in the state, and [Ticked] finds what a lost timer has not.
public sealed interface PoolEvent {
    /// The pool begins.
    record Opened() implements PoolEvent {}

    /// Something happened to an incarnation.
    ///
    /// @param ordinal its place
    /// @param number its number
    /// @param event what happened
    record Happened(int ordinal, int number, Life.Event event) implements PoolEvent {}

    /// A process could not be made.
    ///
    /// @param ordinal its place
    /// @param number its number
    /// @param why in words
    record SpawnFailed(int ordinal, int number, String why) implements PoolEvent {}

    /// A process is gone.
    ///
    /// @param ordinal its place
    /// @param number its number
    /// @param bySignal whether a signal ended it
    /// @param how in words
    record Ended(int ordinal, int number, boolean bySignal, String how) implements PoolEvent {}

    /// The queues of a retiring incarnation are due to be looked at.
    record QueueCheckDue(int ordinal, int number) implements PoolEvent {}

    /// A place has been empty for long enough. `number` is that of the incarnation that failed.
    record BackOffEnded(int ordinal, int number) implements PoolEvent {}

    /// An incarnation has been ready for `minReady`.
    record MinReadyPassed() implements PoolEvent {}

    /// The time a rollout has for its next progress is over, if there was none since.
    ///
    /// @param rollout its id
    record DeadlineEnded(int rollout) implements PoolEvent {}

    /// One worker is to be replaced.
    record RestartOrdered(int ordinal) implements PoolEvent {}

    /// An incarnation has served for long enough, or has grown too large: it is to be replaced when its turn comes.
    ///
    /// @param ordinal its place
    /// @param number its number
    record WornOut(int ordinal, int number) implements PoolEvent {}

    /// Something else is wanted.
    record SpecChanged(PoolSpec spec) implements PoolEvent {}

    /// The pool has other sockets than before. Those that are sharded have the shards of the state.
    ///
    /// @param settle time a retiring incarnation's shards must have been empty; zero: no socket has shards any more
    record SocketsChanged(Duration settle) implements PoolEvent {}

    /// Somebody orders something of the rollout; the step tells what became of it.
    record RolloutOrdered(RolloutOrder order) implements PoolEvent {}

    /// A second has passed: time to look at parked shards, and at what is due.
    record Ticked() implements PoolEvent {}

    /// Every worker is to stop.
    record StopOrdered() implements PoolEvent {}

    /// Every worker is to be killed.
    record KillOrdered() implements PoolEvent {}
}
