package dev.drover.supervisor;

import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.PoolState;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes a line for every step in the life of a worker.
final class TransitionLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.drover.supervisor.worker");

    private final String pool;

    TransitionLog(String pool) {
        this.pool = pool;
    }

    void log(PoolState before, PoolState after) {
        for (var place : after.places().values()) {
            for (var member : place.members()) {
                var old = Optional.ofNullable(before.places().get(place.ordinal()))
                        .flatMap(previous -> previous.member(member.number()));
                if (old.map(Member::life)
                        .filter(life -> life.getClass() == member.life().getClass())
                        .isEmpty()) {
                    write(new Incarnation(new WorkerId(pool, place.ordinal()), member.number()), member);
                }
            }
            boolean wasBackingOff = Optional.ofNullable(before.places().get(place.ordinal()))
                    .filter(previous -> previous.backingOff())
                    .isPresent();
            if (place.backingOff() && !wasBackingOff) {
                LOG.info("Worker backing off worker={}-{} failures={}", pool, place.ordinal(), place.failures());
            }
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
