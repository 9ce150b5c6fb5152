package dev.drover.supervisor;

import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.pool.PoolEvent;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Stops pools, all at the end or those that are removed, in order, told step by step in the log and the journal, with
/// what was finished and what was cut off:
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
    private final Journal journal;
    /// The pool, where it is one alone.
    private final Optional<String> which;
    private final Runnable then;
    private Step step = Step.LAME_DUCK;
    private int quiet;
    private int told;

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
    StopSequence(Services services, Collection<PoolRuntime> pools, Optional<Duration> grace, Runnable then) {
        this(services, pools, grace, Optional.empty(), then);
    }

    /// Of one pool, within its own grace.
    StopSequence(Services services, PoolRuntime pool, Runnable then) {
        this(services, List.of(pool), Optional.empty(), Optional.of(pool.spec().name()), then);
    }

    private StopSequence(
            Services services,
            Collection<PoolRuntime> pools,
            Optional<Duration> grace,
            Optional<String> which,
            Runnable then) {
        this.loop = services.loop();
        this.journal = services.journal();
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
        tell("Stop begins: " + lameDuck.toSeconds() + " s lame duck, " + grace.toSeconds() + " s grace; " + inHand());
        loop.after(lameDuck, this::lastConnections);
    }

    void hasten() {
        switch (step) {
            case LAME_DUCK, LAST_CONNECTIONS -> {
                warn("Stop hastened: workers are told to stop now; " + waiting());
                drain();
            }
            case DRAINING -> {
                warn("Stop hastened: workers are killed now; " + inHand());
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
        tell("Stop: no further connection is let in; " + waiting());
        pools.forEach(pool -> pool.sockets().dropNewConnections());
        awaitQuiet();
    }

    private void awaitQuiet() {
        if (step != Step.LAST_CONNECTIONS) {
            return;
        }
        quiet = pools.stream().allMatch(PoolRuntime::quiet) ? quiet + 1 : 0;
        if (quiet >= QUIET_CHECKS) {
            tell("Stop: every connection is in the hands of a worker; " + inHand());
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
        told = workers();
        tell("Stop: workers are told to stop; " + inHand());
        pools.forEach(pool -> pool.handle(new PoolEvent.StopOrdered()));
        awaitIdle();
    }

    private void awaitIdle() {
        if (step != Step.DRAINING) {
            return;
        }
        if (pools.stream().allMatch(PoolRuntime::idle)) {
            step = Step.DONE;
            int killed = pools.stream().mapToInt(PoolRuntime::killed).sum();
            tell("Stop: every worker is gone; " + Counted.of(Math.max(0, told - killed), "worker")
                    + " finished what was in hand, " + killed + " killed, "
                    + Counted.of(queued(), "waiting connection") + " cut off");
            then.run();
        } else {
            loop.after(CHECK_INTERVAL, this::awaitIdle);
        }
    }

    private void queuesHadTheirTime() {
        if (step == Step.LAST_CONNECTIONS) {
            warn("Stop: half of the grace is over; " + waiting());
            drain();
        }
    }

    private void graceEnded() {
        if (step == Step.DRAINING) {
            warn("Stop: the grace is over, workers that are left are killed; " + inHand());
            kill();
        }
    }

    private int workers() {
        return pools.stream().mapToInt(PoolRuntime::alive).sum();
    }

    private int queued() {
        return pools.stream().mapToInt(PoolRuntime::queued).sum();
    }

    private String waiting() {
        int queued = queued();
        return Counted.of(queued, "connection") + (queued == 1 ? " waits" : " wait");
    }

    /// Of the workers that tell it, and as they last told.
    private String inHand() {
        var load = pools.stream().map(PoolRuntime::load).reduce(PoolLoad.NONE, PoolLoad::plus);
        return Counted.of(workers(), "worker") + load.words();
    }

    private void tell(String step) {
        LOG.info("{}{}", step, suffix());
        note(Reason.STOPPING, step);
    }

    private void warn(String step) {
        LOG.warn("{}{}", step, suffix());
        note(Reason.STOP_FORCED, step);
    }

    private String suffix() {
        return which.map(name -> " pool=" + name).orElse("");
    }

    private void note(Reason reason, String step) {
        journal.record(which.map(Event.Subject::pool).orElse(Event.Subject.MASTER), reason, step + ".");
    }

    /// Again and again: one that was still being made can only be killed once it is.
    private void kill() {
        if (step == Step.DRAINING) {
            pools.forEach(pool -> pool.handle(new PoolEvent.KillOrdered()));
            loop.after(KILL_INTERVAL, this::kill);
        }
    }
}
