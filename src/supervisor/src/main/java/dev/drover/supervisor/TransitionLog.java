package dev.drover.supervisor;

import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Event.Subject;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.pool.Rollout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells every step in the life of a worker and of a rollout, in the log and in the journal.
final class TransitionLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.drover.supervisor.worker");

    private static final Logger ROLLOUT_LOG = LoggerFactory.getLogger("dev.drover.supervisor.rollout");

    private final String pool;
    private final Journal journal;

    TransitionLog(String pool, Journal journal) {
        this.pool = pool;
        this.journal = journal;
    }

    private void note(Reason reason, String message) {
        journal.record(Subject.pool(pool), reason, message);
    }

    private void note(Incarnation incarnation, Reason reason, String message) {
        journal.record(new Subject(Event.Kind.WORKER, incarnation.worker().toString()), reason, message);
    }

    void log(PoolState before, PoolState after) {
        if (!before.rollout().equals(after.rollout()) || before.revision() != after.revision()) {
            rollout(before, after);
        }
        for (var place : after.places()) {
            for (var member : place.members()) {
                var old = before.place(place.ordinal()).member(member.number());
                if (old.map(Member::life)
                        .filter(life -> life.getClass() == member.life().getClass())
                        .isEmpty()) {
                    write(new Incarnation(new WorkerId(pool, place.ordinal()), member.number()), member);
                }
            }
            if (place.gaveUp() && !before.place(place.ordinal()).gaveUp()) {
                LOG.error("Worker given up worker={}-{}: it has failed too often", pool, place.ordinal());
                journal.record(
                        new Subject(Event.Kind.WORKER, pool + "-" + place.ordinal()),
                        Reason.GAVE_UP,
                        "Failed too often: not started again until it is restarted, or something else is wanted.");
            }
            boolean wasBackingOff = before.place(place.ordinal()).backingOff();
            if (place.backingOff() && !wasBackingOff) {
                LOG.info("Worker backing off worker={}-{} failures={}", pool, place.ordinal(), place.failures());
                journal.record(
                        new Subject(Event.Kind.WORKER, pool + "-" + place.ordinal()),
                        Reason.BACK_OFF,
                        "Waits before it is started again.");
            }
        }
    }

    private void rollout(PoolState before, PoolState after) {
        var revision = after.revisions().current();
        if (revision.number() != before.revision()) {
            revision.insteadOf().ifPresent(failure -> {
                ROLLOUT_LOG.warn("Rollout failed pool={}: {}", pool, failure.message());
                note(Reason.ROLLED_BACK, failure.message());
            });
            ROLLOUT_LOG.info("Rollout begins pool={} revision={}: {}", pool, revision.number(), revision.cause());
            note(Reason.REVISION_CREATED, "Revision " + revision.number() + ": " + revision.cause() + ".");
        }
        var phase = after.rollout();
        if (phase.getClass() == before.rollout().getClass()) {
            return;
        }
        var which = "Revision " + revision.number();
        switch (phase) {
            case Rollout.Progressing _ -> {
                ROLLOUT_LOG.info("Rollout goes on pool={} revision={}", pool, revision.number());
                if (before.rollout().paused()) {
                    note(Reason.ROLLOUT_RESUMED, which + " goes on.");
                }
            }
            case Rollout.Complete _ -> {
                ROLLOUT_LOG.info("Rollout complete pool={} revision={}", pool, revision.number());
                note(Reason.ROLLOUT_COMPLETE, which + " is available in every place.");
            }
            case Rollout.Paused _ -> {
                ROLLOUT_LOG.info("Rollout paused pool={} revision={}", pool, revision.number());
                note(Reason.ROLLOUT_PAUSED, which + " is rolled no further.");
            }
            case Rollout.Failed failed -> {
                ROLLOUT_LOG.warn(
                        "Rollout failed pool={}: {}", pool, failed.failure().message());
                note(Reason.ROLLOUT_FAILED, failed.failure().message());
            }
        }
    }

    private void write(Incarnation incarnation, Member member) {
        long pid = member.life().pid();
        switch (member.life()) {
            case Life.Spawning _ -> LOG.debug("Worker spawning worker={}", incarnation);
            case Life.Starting _ -> {
                LOG.info("Worker started worker={} pid={}", incarnation, pid);
                note(incarnation, Reason.STARTED, "Started with revision " + member.revision() + ".");
            }
            case Life.Ready _ -> {
                LOG.info("Worker ready worker={} pid={} shard={}", incarnation, pid, member.shard());
                note(incarnation, Reason.READY, "Serves with revision " + member.revision() + ".");
            }
            case Life.Unready _ -> {
                LOG.warn("Worker not ready worker={} pid={}", incarnation, pid);
                note(incarnation, Reason.UNREADY, "Gets no new connection until its readiness probe passes again.");
            }
            case Life.Hung _ -> {
                LOG.warn(
                        "Worker hung worker={} pid={}: it writes down its threads, then it is killed",
                        incarnation,
                        pid);
                note(incarnation, Reason.HUNG, "Gets no new connection, writes down its threads, then it is killed.");
            }
            case Life.Retiring _ -> {
                LOG.info("Worker retiring worker={} pid={}", incarnation, pid);
                note(incarnation, Reason.RETIRING, "Gets no new connection: it is replaced, or not wanted any more.");
            }
            case Life.Draining(var _, var told) -> {
                LOG.info("Worker draining worker={} pid={} told={}", incarnation, pid, told);
                note(incarnation, Reason.DRAINING, told ? "Told to stop." : "Leaves by itself.");
            }
            case Life.Killed _ -> {
                LOG.warn("Worker killed worker={} pid={}", incarnation, pid);
                note(incarnation, Reason.KILLED, "Killed.");
            }
            case Life.Exited _ -> LOG.debug("Worker gone worker={}", incarnation);
        }
    }

    /// @param asked whether it was on its way out
    void exited(Incarnation incarnation, long pid, boolean asked, Death death) {
        LOG.info("Worker exited worker={} pid={}: {}", incarnation, pid, death.how());
        var reason = asked ? Reason.EXITED : Reason.FAILED;
        note(incarnation, death.outOfMemory() ? Reason.OOM_KILLED : reason, sentence(death.how()));
    }

    /// A probe of it has reached its threshold, one way or the other.
    void unhealthy(Incarnation incarnation, String why) {
        LOG.warn("Worker unhealthy worker={}: {}", incarnation, why);
        note(incarnation, Reason.UNHEALTHY, sentence(why));
    }

    /// It serves, and is to be replaced when its turn comes.
    void wornOut(Incarnation incarnation, Recycling.Bound reached) {
        LOG.info("Worker worn out worker={} {}: {}", incarnation, reached.name(), reached.detail());
        // The same words each time: one event with a count.
        note(incarnation, Reason.WORN_OUT, "Has reached " + reached.name() + ": replaced when its turn comes.");
    }

    void spawnFailed(Incarnation incarnation, String why) {
        LOG.error("Worker not started worker={}: {}", incarnation, why);
        note(incarnation, Reason.FAILED_TO_START, sentence(why));
    }

    private static String sentence(String words) {
        return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }
}
