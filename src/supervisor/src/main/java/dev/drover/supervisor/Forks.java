package dev.drover.supervisor;

import static java.util.Objects.requireNonNull;

import dev.drover.handoff.Handle;
import dev.drover.session.Address;
import dev.drover.session.Peer;
import dev.drover.session.Switchboard;
import dev.drover.supervisor.pool.PoolEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/// The forks that live, by name; each is a pool of one place that is filled once. Belongs to the loop, except where it
/// says otherwise.
final class Forks {
    private static final String NO_LONGER_THERE = "cannot pass anything: the supervisor has stopped";

    /// How long what a fork had in hand is kept after its end: until its last words are heard.
    private static final Duration LEAVING_BOUND = WorkerChannels.LAST_WORDS_BOUND.plusSeconds(1);

    private final Loop loop;
    private final Map<String, PoolRuntime> pools;
    private final Switchboard switchboard;
    private final BooleanSupplier stopping;
    private final Map<String, Forked> byName = new HashMap<>();

    /// Of forks that have ended a moment ago.
    private final List<PoolRuntime> leaving = new ArrayList<>();

    /// @param pools of the supervisor, those of its forks among them
    /// @param stopping whether the supervisor stops: then nothing is forgotten any more
    Forks(Loop loop, Map<String, PoolRuntime> pools, Switchboard switchboard, BooleanSupplier stopping) {
        this.loop = loop;
        this.pools = pools;
        this.switchboard = switchboard;
        this.stopping = stopping;
    }

    /// @param opener opens the pool
    /// @throws SupervisorException when the name is taken, or the pool cannot be opened
    Forked open(Fork fork, Consumer<PoolSpec> opener) {
        var name = fork.name();
        if (pools.containsKey(name)) {
            throw new SupervisorException(List.of("cannot fork " + name + ": there is a fork or a pool of that name"));
        }
        var added = new Forked(name, loop, pass -> give(name, pass));
        byName.put(name, added);
        try {
            opener.accept(fork.spec());
        } catch (RuntimeException failure) {
            byName.remove(name);
            throw failure;
        }
        return added;
    }

    boolean contains(String name) {
        return byName.containsKey(name);
    }

    /// How it is spoken to. Any thread.
    Peer peer(Forked fork) {
        return switchboard.peer(address(workerOf(fork)));
    }

    static WorkerId workerOf(Forked fork) {
        return new WorkerId(fork.name(), 0);
    }

    private static Address.Worker address(WorkerId worker) {
        return new Address.Worker(worker.toString());
    }

    private Optional<PoolRuntime> runtime(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    private void give(String name, Forked.Pass pass) {
        runtime(name).ifPresentOrElse(runtime -> runtime.pass(pass), () -> pass.fail(NO_LONGER_THERE));
    }

    /// Any thread.
    ///
    /// @param then runs before what is returned completes, with whether it was taken
    CompletableFuture<Incarnation> passTo(Forked fork, Handle handle, Consumer<Boolean> then) {
        var taken = new CompletableFuture<Incarnation>();
        var told = new CompletableFuture<Incarnation>();
        // Not on the loop, where whoever hangs on it might wait for the loop.
        var _ = taken.whenComplete((receiver, failure) -> Thread.startVirtualThread(() -> {
            then.accept(failure == null);
            if (failure == null) {
                told.complete(receiver);
            } else {
                told.completeExceptionally(failure);
            }
        }));
        var pass = new Forked.Pass(handle, taken);
        if (!loop.post(() -> fork.pass(pass))) {
            pass.fail(NO_LONGER_THERE);
        }
        return told;
    }

    /// Tells it to stop; nothing happens to a later one of its name. Any thread.
    void stop(Forked fork) {
        loop.post(() -> {
            if (byName.get(fork.name()) == fork) {
                runtime(fork.name()).ifPresent(pool -> pool.handle(new PoolEvent.StopOrdered()));
            }
        });
    }

    void happened(WorkerEvent event) {
        var worker = event.incarnation().worker();
        var fork = Optional.ofNullable(byName.get(worker.pool()));
        if (event instanceof WorkerEvent.Exited && fork.isPresent()) {
            loop.post(() -> forget(worker));
        }
        fork.ifPresent(found -> found.happened(event));
    }

    /// A fork that has ended leaves nothing behind, once all that it had said is heard. Its name is free at once.
    private void forget(WorkerId worker) {
        byName.remove(worker.pool());
        switchboard.forget(address(worker));
        if (!stopping.getAsBoolean()) {
            var runtime = requireNonNull(pools.remove(worker.pool()));
            leaving.add(runtime);
            loop.after(LEAVING_BOUND, () -> {
                runtime.close();
                leaving.remove(runtime);
            });
        }
    }

    /// At the end of the loop.
    void close() {
        leaving.forEach(PoolRuntime::close);
    }
}
