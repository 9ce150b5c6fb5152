package dev.drover.supervisor;

import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.pool.Rollout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a line for every step in the life of a worker.
final class TransitionLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.drover.supervisor.worker");

    private static final Logger ROLLOUT_LOG = LoggerFactory.getLogger("dev.drover.supervisor.rollout");

    private final String pool;

    TransitionLog(String pool) {
        this.pool = pool;
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
            boolean wasBackingOff = before.place(place.ordinal()).backingOff();
            if (place.backingOff() && !wasBackingOff) {
                LOG.info("Worker backing off worker={}-{} failures={}", pool, place.ordinal(), place.failures());
            }
        }
    }

    private void rollout(PoolState before, PoolState after) {
        var revision = after.revisions().current();
        if (revision.number() != before.revision()) {
            revision.insteadOf()
                    .ifPresent(failure -> ROLLOUT_LOG.warn("Rollout failed pool={}: {}", pool, failure.message()));
            ROLLOUT_LOG.info("Rollout begins pool={} revision={}: {}", pool, revision.number(), revision.cause());
        }
        var phase = after.rollout();
        if (phase.getClass() == before.rollout().getClass()) {
            return;
        }
        switch (phase) {
            case Rollout.Progressing _ ->
                ROLLOUT_LOG.info("Rollout goes on pool={} revision={}", pool, revision.number());
            case Rollout.Complete _ ->
                ROLLOUT_LOG.info("Rollout complete pool={} revision={}", pool, revision.number());
            case Rollout.Paused _ -> ROLLOUT_LOG.info("Rollout paused pool={} revision={}", pool, revision.number());
            case Rollout.Failed failed ->
                ROLLOUT_LOG.warn(
                        "Rollout failed pool={}: {}", pool, failed.failure().message());
        }
    }

    private static void write(Incarnation incarnation, Member member) {
        long pid = member.life().pid();
        switch (member.life()) {
            case Life.Spawning _ -> LOG.debug("Worker spawning worker={}", incarnation);
            case Life.Starting _ -> LOG.info("Worker started worker={} pid={}", incarnation, pid);
            case Life.Ready _ -> LOG.info("Worker ready worker={} pid={} shard={}", incarnation, pid, member.shard());
            case Life.Retiring _ -> LOG.info("Worker retiring worker={} pid={}", incarnation, pid);
            case Life.Draining draining ->
                LOG.info("Worker draining worker={} pid={} told={}", incarnation, pid, draining.toldToStop());
            case Life.Killed _ -> LOG.warn("Worker killed worker={} pid={}", incarnation, pid);
            case Life.Exited _ -> LOG.debug("Worker gone worker={}", incarnation);
        }
    }

    void exited(Incarnation incarnation, long pid, String how) {
        LOG.info("Worker exited worker={} pid={}: {}", incarnation, pid, how);
    }

    void spawnFailed(Incarnation incarnation, String why) {
        LOG.error("Worker not started worker={}: {}", incarnation, why);
    }
}
