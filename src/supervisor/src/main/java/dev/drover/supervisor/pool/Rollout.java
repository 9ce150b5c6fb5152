package dev.drover.supervisor.pool;

import dev.drover.supervisor.pool.Revision.Failure;
import java.time.Duration;

/// How far a pool has come with the revision that is wanted.
///
/// ```
///    a revision is made
///            |
///            v       every worker is available
///       Progressing ---------------------------> Complete
///            |                                      ^
///            | no progress for the deadline         | (only where no other revision is known to work:
///            v                                      |  the pool goes on trying)
///          Failed ----------------------------------
/// ```
///
/// Each of the three can be paused and resumed, and a revision that is made begins anew from each. [#next] is a pure
/// function; what makes no sense in a phase changes nothing.
public sealed interface Rollout {

    /// On the way.
    ///
    /// @param id counts the rollouts of a pool: timers belong to one
    /// @param fresh whether nothing was wanted when it began: there is no capacity to keep
    /// @param sinceNanos since when workers of the revision are being tried without progress, [#NOT_TRYING] while
    ///     none is: waiting for old workers to leave is nobody's failure
    /// @param seen what became of those that were tried
    record Progressing(int id, boolean fresh, long sinceNanos, Seen seen) implements Rollout {}

    /// Every wanted worker of the revision has been available at once.
    ///
    /// @param id of the rollout
    record Complete(int id) implements Rollout {}

    /// Given up. Where another revision is known to work, the places come back to that one and no worker of the
    /// failed one is started; otherwise it is tried on.
    ///
    /// @param id of the rollout
    /// @param failure what was seen
    record Failed(int id, Failure failure) implements Rollout {}

    /// Nothing is rolled further; what was begun is finished and crashes are repaired.
    ///
    /// @param held what goes on when it is resumed; not paused itself
    record Paused(Rollout held) implements Rollout {
        public Paused {
            if (held instanceof Paused) {
                throw new IllegalArgumentException("a paused rollout cannot be paused");
            }
        }
    }

    /// Stands for "no worker of it is being tried" in [Progressing#sinceNanos].
    long NOT_TRYING = Long.MIN_VALUE;

    /// Workers of a revision that failed during its rollout.
    ///
    /// @param failures how many
    /// @param last how the last one did, in words; empty where there is none
    record Seen(int failures, String last) {
        static final Seen NOTHING = new Seen(0, "");

        Seen and(String how) {
            return new Seen(failures + 1, how);
        }
    }

    /// What happens to a rollout.
    sealed interface Event {
        /// Another revision is wanted.
        record RevisionMade(boolean fresh) implements Event {}

        /// Nothing is to be rolled further.
        record PauseOrdered() implements Event {}

        /// It is to go on.
        record ResumeOrdered() implements Event {}

        /// A worker of the wanted revision failed.
        record WorkerFailed(String how) implements Event {}

        /// The places were looked at.
        ///
        /// @param trying whether a worker of the wanted revision is started and not available yet
        /// @param progressed whether one became available in a place where none had been
        /// @param complete whether all are available and nobody else is to serve
        record PlacesSeen(boolean trying, boolean progressed, boolean complete, long nowNanos) implements Event {}

        /// It has been overdue.
        record GivenUp(Failure failure) implements Event {}
    }

    /// The number of the rollout.
    default int id() {
        return switch (this) {
            case Progressing progressing -> progressing.id();
            case Complete(var id) -> id;
            case Failed failed -> failed.id();
            case Paused(var held) -> held.id();
        };
    }

    /// What it is but for the pause.
    default Rollout held() {
        return this instanceof Paused(var held) ? held : this;
    }

    /// Whether nothing is rolled further.
    default boolean paused() {
        return this instanceof Paused;
    }

    /// Whether there has been no progress for so long.
    default boolean overdue(Duration deadline, long nowNanos) {
        return this instanceof Progressing progressing
                && progressing.sinceNanos() != NOT_TRYING
                && nowNanos - progressing.sinceNanos() >= deadline.toNanos();
    }

    /// The transition.
    default Rollout next(Event event) {
        return switch (this) {
            case Progressing progressing -> fromProgressing(progressing, event);
            case Complete complete -> fromComplete(complete, event);
            case Failed failed -> fromFailed(failed, event);
            case Paused paused -> fromPaused(paused, event);
        };
    }

    private static Rollout fromProgressing(Progressing now, Event event) {
        return switch (event) {
            case Event.RevisionMade(var fresh) -> begun(now, fresh);
            case Event.PauseOrdered() ->
                // The deadline begins anew when it is resumed.
                new Paused(new Progressing(now.id(), now.fresh(), NOT_TRYING, now.seen()));
            case Event.WorkerFailed(var how) ->
                new Progressing(
                        now.id(), now.fresh(), now.sinceNanos(), now.seen().and(how));
            case Event.PlacesSeen seen -> whenSeen(now, seen);
            case Event.GivenUp(var failure) -> new Failed(now.id(), failure);
            // It is not paused.
            case Event.ResumeOrdered() -> now;
        };
    }

    private static Rollout whenSeen(Progressing now, Event.PlacesSeen seen) {
        if (seen.complete()) {
            return new Complete(now.id());
        }
        boolean goesOn = seen.trying() && !seen.progressed() && now.sinceNanos() != NOT_TRYING;
        long since = goesOn ? now.sinceNanos() : (seen.trying() ? seen.nowNanos() : NOT_TRYING);
        return new Progressing(now.id(), now.fresh(), since, now.seen());
    }

    private static Rollout fromComplete(Complete now, Event event) {
        return switch (event) {
            case Event.RevisionMade(var fresh) -> begun(now, fresh);
            case Event.PauseOrdered() -> new Paused(now);
            // What fails after it is a matter of the places, not of the rollout.
            case Event.WorkerFailed _ -> now;
            case Event.PlacesSeen _ -> now;
            case Event.GivenUp _ -> now;
            case Event.ResumeOrdered() -> now;
        };
    }

    private static Rollout fromFailed(Failed now, Event event) {
        return switch (event) {
            case Event.RevisionMade(var fresh) -> begun(now, fresh);
            case Event.PauseOrdered() -> new Paused(now);
            case Event.PlacesSeen seen -> seen.complete() ? new Complete(now.id()) : now;
            // It has failed for what was seen then.
            case Event.WorkerFailed _ -> now;
            case Event.GivenUp _ -> now;
            case Event.ResumeOrdered() -> now;
        };
    }

    private static Rollout fromPaused(Paused now, Event event) {
        return switch (event) {
            case Event.RevisionMade _ -> new Paused(now.held().next(event));
            case Event.WorkerFailed _ -> new Paused(now.held().next(event));
            case Event.ResumeOrdered() -> now.held();
            // No deadline runs, and whether it is complete is looked at when it is resumed.
            case Event.PlacesSeen _ -> now;
            case Event.GivenUp _ -> now;
            case Event.PauseOrdered() -> now;
        };
    }

    private static Rollout begun(Rollout before, boolean fresh) {
        return new Progressing(before.id() + 1, fresh, NOT_TRYING, Seen.NOTHING);
    }
}
