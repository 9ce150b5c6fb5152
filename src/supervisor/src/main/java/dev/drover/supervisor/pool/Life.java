package dev.drover.supervisor.pool;

import java.time.Duration;
import java.util.List;

/// Where one incarnation stands in its life.
///
/// ```
///                           Unready
///                            ^  |
///                            |  v
///  Spawning --> Starting --> Ready --> Retiring --> Draining --> Killed
///     |            |  |        |  \________________^   ^          ^ |
///     |            |  \________|_____________________ /           | |
///     |            |           |                   Hung ---------/  |
///     v            v           v          (any of them)             v
///   Exited <--------------------------------------------------------
/// ```
///
/// What can become Retiring or Draining can become Hung, as long as it is not on its way out. Unready goes wherever
/// Ready goes.
///
/// [#next] is a pure function of the state, the event and the terms of the pool. Events that come late or make
/// no sense in a state change nothing: each such case stands on its own, with the reason.
public sealed interface Life {

    /// The process is being made; there is no pid yet.
    ///
    /// @param toldToStop whether it was told to stop meanwhile
    /// @param toldReady whether it said that it is ready before the spawn was accounted for
    record Spawning(boolean toldToStop, boolean toldReady) implements Life {}

    /// The process runs and is not ready.
    ///
    /// @param pid its process
    record Starting(long pid) implements Life {}

    /// It gets new connections.
    ///
    /// @param pid its process
    record Ready(long pid) implements Life {}

    /// It was ready and is not now: it gets no new connection, and keeps what it has.
    ///
    /// @param pid its process
    record Unready(long pid) implements Life {}

    /// It does not do its work any more: it is asked where it stands, and then killed.
    ///
    /// @param pid its process
    record Hung(long pid) implements Life {}

    /// It gets no new connection; what is on its way to its shards still reaches it.
    ///
    /// @param pid its process
    /// @param sinceNanos when it was taken out
    /// @param emptySinceNanos since when its shards' queues are empty, [#NOT_EMPTY] when they are not
    record Retiring(long pid, long sinceNanos, long emptySinceNanos) implements Life {}

    /// It takes no new work and finishes what is in hand.
    ///
    /// @param pid its process
    /// @param toldToStop whether the stop signal was sent; otherwise it leaves by itself
    record Draining(long pid, boolean toldToStop) implements Life {}

    /// It was killed; its exit has not been seen.
    ///
    /// @param pid its process
    record Killed(long pid) implements Life {}

    /// It is gone.
    record Exited() implements Life {}

    /// Stands for "the queue is not empty" in [Retiring#emptySinceNanos].
    long NOT_EMPTY = Long.MIN_VALUE;

    /// What happens to an incarnation.
    sealed interface Event {
        /// Its process was made.
        record Spawned(long pid) implements Event {}

        /// Its process could not be made.
        record SpawnFailed() implements Event {}

        /// It is ready: it said so, or its probes did.
        record ReadyReported() implements Event {}

        /// It was found unable to serve for now.
        record UnreadyFound() implements Event {}

        /// It was found hung.
        ///
        /// @param dumps whether it can be asked where its threads stand
        record HangFound(boolean dumps) implements Event {}

        /// The time for the answer to that is over.
        record DumpTimeEnded() implements Event {}

        /// It said that it takes no new work.
        record DrainingReported() implements Event {}

        /// The pool wants it to give way once nothing is on its way to it any more.
        record RetireOrdered(long nowNanos) implements Event {}

        /// The pool wants it to stop now.
        record StopOrdered() implements Event {}

        /// The pool wants it killed now.
        record KillOrdered() implements Event {}

        /// The queues of its shards were looked at.
        record QueueChecked(boolean empty, long nowNanos) implements Event {}

        /// The time between the stop signal and KILL is over.
        record GraceEnded() implements Event {}

        /// Its process is gone.
        record ProcessExited() implements Event {}
    }

    /// What is to be done for an incarnation.
    enum Command {
        /// Send the pool's stop signal to the process, and CONT after it.
        SEND_STOP_SIGNAL,
        /// Send KILL to the process group.
        KILL_GROUP,
        /// Ask the process to write down where its threads stand.
        DUMP_THREADS,
        /// Tell when the time for that is over ([Event.DumpTimeEnded]).
        START_DUMP_TIME,
        /// Look at the queues of its shards in a while ([Event.QueueChecked]).
        CHECK_QUEUE_LATER,
        /// Tell when the grace is over ([Event.GraceEnded]).
        START_GRACE
    }

    /// The next state and what is to be done, in this order.
    ///
    /// @param life the next state
    /// @param commands what is to be done
    record Step(Life life, List<Command> commands) {
        static Step to(Life life, Command... commands) {
            return new Step(life, List.of(commands));
        }
    }

    /// What the pool allows.
    ///
    /// @param settle time a retiring incarnation's queues must have been empty; zero: it has no shards
    /// @param retireBound the longest time it may retire before it is told to stop all the same
    record Terms(Duration settle, Duration retireBound) {}

    /// The process, 0 where there is none.
    default long pid() {
        return 0;
    }

    /// Whether it is not gone.
    default boolean alive() {
        return !(this instanceof Exited);
    }

    /// Whether it is to serve: not on its way out.
    default boolean wanted() {
        return switch (this) {
            case Spawning spawning -> !spawning.toldToStop();
            case Starting _ -> true;
            case Ready _ -> true;
            case Unready _ -> true;
            case Exited() -> false;
            case Hung _ -> false;
            case Retiring _ -> false;
            case Draining _ -> false;
            case Killed _ -> false;
        };
    }

    /// The transition. Returns the same state and no command for what changes nothing.
    default Step next(Event event, Terms terms) {
        return switch (this) {
            case Spawning spawning -> fromSpawning(spawning, event);
            case Starting(var pid) -> fromStarting(pid, event);
            case Ready(var pid) -> fromReady(pid, event, terms);
            case Unready(var pid) -> fromUnready(pid, event, terms);
            case Hung(var pid) -> fromHung(pid, event);
            case Retiring retiring -> fromRetiring(retiring, event, terms);
            case Draining draining -> fromDraining(draining, event);
            case Killed killed -> event instanceof Event.ProcessExited ? Step.to(new Exited()) : Step.to(killed);
            // Its timers and its last words may come after it.
            case Exited exited -> Step.to(exited);
        };
    }

    private static Step fromSpawning(Spawning now, Event event) {
        return switch (event) {
            case Event.Spawned(var pid) when now.toldToStop() -> toDraining(pid);
            case Event.Spawned(var pid) when now.toldReady() -> Step.to(new Ready(pid));
            case Event.Spawned(var pid) -> Step.to(new Starting(pid));
            case Event.SpawnFailed(), Event.ProcessExited() -> Step.to(new Exited());
            // A quick worker may speak before the thread that made it has told of it.
            case Event.ReadyReported() -> Step.to(new Spawning(now.toldToStop(), true));
            case Event.DrainingReported(), Event.StopOrdered(), Event.KillOrdered() ->
                Step.to(new Spawning(true, now.toldReady()));
            case Event.RetireOrdered _ -> Step.to(new Spawning(true, now.toldReady()));
            // No timer has been started yet, and nobody has been asked anything.
            case Event.GraceEnded(), Event.UnreadyFound(), Event.DumpTimeEnded() -> Step.to(now);
            case Event.HangFound _ -> Step.to(now);
            case Event.QueueChecked _ -> Step.to(now);
        };
    }

    private static Step fromStarting(long pid, Event event) {
        return switch (event) {
            case Event.ReadyReported() -> Step.to(new Ready(pid));
            case Event.DrainingReported() -> toLeaving(pid);
            case Event.StopOrdered() -> toDraining(pid);
            case Event.RetireOrdered _ -> toDraining(pid);
            case Event.KillOrdered() -> toKilled(pid);
            case Event.HangFound(var dumps) -> toHung(pid, dumps);
            case Event.ProcessExited() -> Step.to(new Exited());
            // It is spawned already and not ready yet, and no timer of its own runs.
            case Event.SpawnFailed(), Event.GraceEnded(), Event.UnreadyFound(), Event.DumpTimeEnded() ->
                Step.to(new Starting(pid));
            case Event.Spawned _ -> Step.to(new Starting(pid));
            case Event.QueueChecked _ -> Step.to(new Starting(pid));
        };
    }

    private static Step fromReady(long pid, Event event, Terms terms) {
        return event instanceof Event.UnreadyFound
                ? Step.to(new Unready(pid))
                : fromServing(new Ready(pid), event, terms);
    }

    private static Step fromUnready(long pid, Event event, Terms terms) {
        return event instanceof Event.ReadyReported
                ? Step.to(new Ready(pid))
                : fromServing(new Unready(pid), event, terms);
    }

    /// One that has served, whether it gets new connections now or not.
    private static Step fromServing(Life now, Event event, Terms terms) {
        long pid = now.pid();
        return switch (event) {
            case Event.DrainingReported() -> toLeaving(pid);
            case Event.RetireOrdered _ when terms.settle().isZero() -> toDraining(pid);
            case Event.RetireOrdered(var since) ->
                Step.to(new Retiring(pid, since, NOT_EMPTY), Command.CHECK_QUEUE_LATER);
            case Event.StopOrdered() -> toDraining(pid);
            case Event.KillOrdered() -> toKilled(pid);
            case Event.HangFound(var dumps) -> toHung(pid, dumps);
            case Event.ProcessExited() -> Step.to(new Exited());
            // What it is already changes nothing; the others cannot be meant for it.
            case Event.ReadyReported(), Event.UnreadyFound(), Event.SpawnFailed(), Event.GraceEnded() -> Step.to(now);
            case Event.DumpTimeEnded() -> Step.to(now);
            case Event.Spawned _ -> Step.to(now);
            case Event.QueueChecked _ -> Step.to(now);
        };
    }

    private static Step fromHung(long pid, Event event) {
        return switch (event) {
            case Event.DumpTimeEnded(), Event.KillOrdered() -> toKilled(pid);
            case Event.ProcessExited() -> Step.to(new Exited());
            // It is killed in a moment: nothing that it says or that is wanted of it counts.
            case Event.ReadyReported(), Event.UnreadyFound(), Event.DrainingReported(), Event.StopOrdered() ->
                Step.to(new Hung(pid));
            case Event.HangFound _ -> Step.to(new Hung(pid));
            case Event.RetireOrdered _ -> Step.to(new Hung(pid));
            // Not meant for it, or late.
            case Event.SpawnFailed(), Event.GraceEnded() -> Step.to(new Hung(pid));
            case Event.Spawned _ -> Step.to(new Hung(pid));
            case Event.QueueChecked _ -> Step.to(new Hung(pid));
        };
    }

    private static Step fromRetiring(Retiring now, Event event, Terms terms) {
        return switch (event) {
            case Event.QueueChecked(var empty, var nanos) -> whenChecked(now, empty, nanos, terms);
            case Event.DrainingReported() -> toLeaving(now.pid());
            case Event.StopOrdered() -> toDraining(now.pid());
            case Event.KillOrdered() -> toKilled(now.pid());
            case Event.ProcessExited() -> Step.to(new Exited());
            // It is on its way out: being ready or not, or asked to retire, once more changes nothing, and its health
            // is not asked for any more.
            case Event.ReadyReported(), Event.UnreadyFound(), Event.SpawnFailed(), Event.GraceEnded() -> Step.to(now);
            case Event.HangFound _ -> Step.to(now);
            case Event.DumpTimeEnded() -> Step.to(now);
            case Event.RetireOrdered _ -> Step.to(now);
            case Event.Spawned _ -> Step.to(now);
        };
    }

    private static Step whenChecked(Retiring now, boolean empty, long nanos, Terms terms) {
        // A worker that does not accept must not hold its replacement up for ever.
        boolean overdue = nanos - now.sinceNanos() >= terms.retireBound().toNanos();
        boolean settled = empty
                && now.emptySinceNanos() != NOT_EMPTY
                && nanos - now.emptySinceNanos() >= terms.settle().toNanos();
        if (overdue || settled) {
            return toDraining(now.pid());
        }
        long emptySince = empty ? (now.emptySinceNanos() == NOT_EMPTY ? nanos : now.emptySinceNanos()) : NOT_EMPTY;
        return Step.to(new Retiring(now.pid(), now.sinceNanos(), emptySince), Command.CHECK_QUEUE_LATER);
    }

    private static Step fromDraining(Draining now, Event event) {
        return switch (event) {
            case Event.GraceEnded(), Event.KillOrdered() -> toKilled(now.pid());
            case Event.ProcessExited() -> Step.to(new Exited());
            case Event.StopOrdered()
            when !now.toldToStop() -> Step.to(new Draining(now.pid(), true), Command.SEND_STOP_SIGNAL);
            // It is leaving: the rest is late or said twice.
            case Event.StopOrdered(), Event.DrainingReported(), Event.ReadyReported(), Event.SpawnFailed() ->
                Step.to(now);
            // The grace bounds it, whatever its health.
            case Event.UnreadyFound(), Event.DumpTimeEnded() -> Step.to(now);
            case Event.HangFound _ -> Step.to(now);
            case Event.RetireOrdered _ -> Step.to(now);
            case Event.QueueChecked _ -> Step.to(now);
            case Event.Spawned _ -> Step.to(now);
        };
    }

    private static Step toDraining(long pid) {
        return Step.to(new Draining(pid, true), Command.SEND_STOP_SIGNAL, Command.START_GRACE);
    }

    private static Step toLeaving(long pid) {
        return Step.to(new Draining(pid, false), Command.START_GRACE);
    }

    /// One that cannot be asked is killed at once.
    private static Step toHung(long pid, boolean dumps) {
        return dumps ? Step.to(new Hung(pid), Command.DUMP_THREADS, Command.START_DUMP_TIME) : toKilled(pid);
    }

    private static Step toKilled(long pid) {
        return Step.to(new Killed(pid), Command.KILL_GROUP);
    }
}
