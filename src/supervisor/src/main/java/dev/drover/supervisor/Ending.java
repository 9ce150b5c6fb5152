package dev.drover.supervisor;

import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The end of a supervisor: a drain, which waits for the stop when no worker is left, or the stop, which does not.
/// What begins, hastens and awaits it may be called from any thread; the rest belongs to the loop.
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    /// How long the end waits for orphans that were killed, and for the guard.
    private static final Duration LAST_CHILDREN_BOUND = Duration.ofSeconds(2);

    private static final Duration LAST_CHECK_INTERVAL = Duration.ofMillis(10);

    private final Services services;
    private final Collection<PoolRuntime> pools;
    private final GuardWatch guards;
    private final Optional<Orphans> orphans;
    private final Consumer<StopOutcome> then;
    private final CompletableFuture<StopOutcome> drained = new CompletableFuture<>();
    private final CompletableFuture<StopOutcome> stopped = new CompletableFuture<>();

    /// Published by who stops it to who asks.
    private volatile boolean asked;

    // All below belongs to the loop.
    private Optional<StopSequence> sequence = Optional.empty();
    private boolean last;

    /// @param pools of the supervisor
    /// @param orphans those to be reaped; empty: somebody else does that
    /// @param then closes the rest; [#ended] or [#failed] is to be called when that is done
    Ending(
            Services services,
            Collection<PoolRuntime> pools,
            GuardWatch guards,
            Optional<Orphans> orphans,
            Consumer<StopOutcome> then) {
        this.services = services;
        this.pools = pools;
        this.guards = guards;
        this.orphans = orphans;
        this.then = then;
    }

    void beginStop(Duration lameDuck, Optional<Duration> grace) {
        asked = true;
        services.loop().post(() -> {
            beginOnLoop(lameDuck, grace);
            if (drained.isDone()) {
                end();
            }
        });
    }

    void beginDrain(Duration lameDuck, Optional<Duration> grace) {
        services.loop().post(() -> beginOnLoop(lameDuck, grace));
    }

    private void beginOnLoop(Duration lameDuck, Optional<Duration> grace) {
        if (sequence.isEmpty()) {
            var steps = new StopSequence(services, pools, grace, this::noWorkerIsLeft);
            sequence = Optional.of(steps);
            steps.begin(lameDuck);
        }
    }

    void hasten() {
        services.loop().post(() -> sequence.ifPresent(StopSequence::hasten));
    }

    /// Whether the stop was asked for.
    boolean isAsked() {
        return asked;
    }

    /// Whether a drain or stop has begun. On the loop.
    boolean begun() {
        return sequence.isPresent();
    }

    StopOutcome awaitDrained() throws InterruptedException {
        return await(drained);
    }

    StopOutcome awaitStopped() throws InterruptedException {
        return await(stopped);
    }

    private static StopOutcome await(CompletableFuture<StopOutcome> outcome) throws InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException failure) {
            throw new IllegalStateException("cannot stop the supervisor: " + failure.getCause(), failure.getCause());
        }
    }

    private void noWorkerIsLeft() {
        drained.complete(outcome());
        if (asked) {
            end();
        } else {
            LOG.info("Drained: waiting to be stopped");
            services.journal().record(Event.Subject.MASTER, Reason.DRAINED, "No worker is left; waits to be stopped.");
        }
    }

    private StopOutcome outcome() {
        return new StopOutcome(
                pools.stream().mapToInt(PoolRuntime::killed).sum(),
                pools.stream().mapToInt(PoolRuntime::queued).sum());
    }

    private void end() {
        if (!last) {
            last = true;
            guards.end();
            awaitLastChildren(services.loop().nanoTime() + LAST_CHILDREN_BOUND.toNanos());
        }
    }

    private void awaitLastChildren(long deadlineNanos) {
        int left = orphans.map(Orphans::killAll).orElse(0);
        orphans.ifPresent(Orphans::reap);
        if ((left > 0 || !guards.idle()) && services.loop().nanoTime() < deadlineNanos) {
            services.loop().after(LAST_CHECK_INTERVAL, () -> awaitLastChildren(deadlineNanos));
        } else {
            then.accept(outcome());
        }
    }

    /// Everything is closed. Any thread.
    void ended(StopOutcome outcome) {
        stopped.complete(outcome);
    }

    /// Something could not be closed. Any thread.
    void failed(RuntimeException failure) {
        stopped.completeExceptionally(failure);
    }
}
