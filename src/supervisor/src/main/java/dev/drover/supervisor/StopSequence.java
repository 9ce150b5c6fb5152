package dev.drover.supervisor;

import dev.drover.supervisor.pool.PoolEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops pools, all at the end or those that are removed, in order, told step by step in the log:
///
/// 1. not ready, but serving, for the lame-duck time;
/// 2. no further connection: SYNs are dropped, handshakes and queues run out into the workers, for at most half of
///    the grace;
/// 3. the workers are told to stop and finish what is in hand;
/// 4. when the grace is over, those that are left are killed.
///
/// Belongs to the loop. [#hasten] leaves out what is left of 1 and 2, a second time of 3.
final class StopSequence {
    private static final Logger LOG = LoggerFactory.getLogger(StopSequence.class);

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);

    private static final Duration KILL_INTERVAL = Duration.ofMillis(500);

    /// Checks in a row that must find nothing under way: a handshake may pass from one table of the kernel to
    /// another while we read.
    private static final int QUIET_CHECKS = 3;

    private final Loop loop;
    private final Collection<PoolRuntime> pools;
    private final Duration grace;
    private final String which;
    private final Runnable then;
    private Step step = Step.LAME_DUCK;
    private int quiet;

    private enum Step {
        LAME_DUCK,
        LAST_CONNECTIONS,
        DRAINING,
        DONE
    }

    /// Of the whole supervisor.
    ///
    /// @param grace for everything after the lame-duck time
    /// @param then runs once no worker is left
    StopSequence(Loop loop, Collection<PoolRuntime> pools, Optional<Duration> grace, Runnable then) {
        this(loop, pools, grace, "", then);
    }

    /// Of one pool, within its own grace.
    StopSequence(Loop loop, PoolRuntime pool, Runnable then) {
        this(loop, List.of(pool), Optional.empty(), " pool=" + pool.spec().name(), then);
    }

    private StopSequence(
            Loop loop, Collection<PoolRuntime> pools, Optional<Duration> grace, String which, Runnable then) {
        this.loop = loop;
        this.pools = pools;
        this.which = which;
        this.grace = grace.orElseGet(() -> pools.stream()
                .map(pool -> pool.spec().terminationGrace())
                .max(Duration::compareTo)
                .orElse(Duration.ZERO));
        this.then = then;
    }

    void begin(Duration lameDuck) {
        if (pools.isEmpty()) {
            step = Step.DONE;
            then.run();
            return;
        }
        LOG.info("Stop begins lameDuckSeconds={} graceSeconds={}{}", lameDuck.toSeconds(), grace.toSeconds(), which);
        loop.after(lameDuck, this::lastConnections);
    }

    void hasten() {
        switch (step) {
            case LAME_DUCK, LAST_CONNECTIONS -> {
                LOG.warn("Stop hastened: workers are told to stop now{}", which);
                drain();
            }
            case DRAINING -> {
                LOG.warn("Stop hastened: workers are killed now{}", which);
                kill();
            }
            // Nothing is left to hasten.
            case DONE -> {}
        }
    }

    private void lastConnections() {
        if (step != Step.LAME_DUCK) {
            return;
        }
        if (pools.stream().allMatch(pool -> pool.sockets().isEmpty())) {
            drain();
            return;
        }
        step = Step.LAST_CONNECTIONS;
        loop.after(grace.dividedBy(2), this::queuesHadTheirTime);
        loop.after(grace, this::graceEnded);
        LOG.info("Stop: no further connection is let in{}", which);
        pools.forEach(pool -> pool.sockets().dropNewConnections());
        awaitQuiet();
    }

    private void awaitQuiet() {
        if (step != Step.LAST_CONNECTIONS) {
            return;
        }
        quiet = pools.stream().allMatch(PoolRuntime::quiet) ? quiet + 1 : 0;
        if (quiet >= QUIET_CHECKS) {
            LOG.info("Stop: every connection is in the hands of a worker{}", which);
            drain();
        } else {
            loop.after(CHECK_INTERVAL, this::awaitQuiet);
        }
    }

    private void drain() {
        if (step == Step.LAME_DUCK) {
            pools.forEach(pool -> pool.sockets().dropNewConnections());
            loop.after(grace, this::graceEnded);
        }
        step = Step.DRAINING;
        LOG.info("Stop: workers are told to stop{}", which);
        pools.forEach(pool -> pool.handle(new PoolEvent.StopOrdered()));
        awaitIdle();
    }

    private void awaitIdle() {
        if (step != Step.DRAINING) {
            return;
        }
        if (pools.stream().allMatch(PoolRuntime::idle)) {
            step = Step.DONE;
            LOG.info("Stop: every worker has left{}", which);
            then.run();
        } else {
            loop.after(CHECK_INTERVAL, this::awaitIdle);
        }
    }

    private void queuesHadTheirTime() {
        if (step == Step.LAST_CONNECTIONS) {
            LOG.warn("Stop: connections still wait after half of the grace{}", which);
            drain();
        }
    }

    private void graceEnded() {
        if (step == Step.DRAINING) {
            LOG.warn("Stop: the grace is over, workers that are left are killed{}", which);
            kill();
        }
    }

    /// Again and again: one that was still being made can only be killed once it is.
    private void kill() {
        if (step == Step.DRAINING) {
            pools.forEach(pool -> pool.handle(new PoolEvent.KillOrdered()));
            loop.after(KILL_INTERVAL, this::kill);
        }
    }
}
