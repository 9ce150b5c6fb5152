package dev.drover.supervisor;

import static java.util.Objects.requireNonNull;

import dev.drover.session.Address;
import dev.drover.session.Switchboard;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Reason;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pools that nobody wants any more: their workers finish what is in hand, as at the end of the supervisor, then their
/// sockets are closed and nothing of them is left. Belongs to the loop.
final class Removals {
    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    private final Services services;
    private final Map<String, PoolRuntime> pools;
    private final Switchboard switchboard;
    private final BooleanSupplier stopping;

    /// On their way out, and in [#pools] until they are gone: their workers are watched and reaped as any others.
    private final Set<String> leaving = new HashSet<>();

    /// @param pools of the supervisor
    /// @param stopping whether the supervisor stops: then nothing is forgotten any more
    Removals(Services services, Map<String, PoolRuntime> pools, Switchboard switchboard, BooleanSupplier stopping) {
        this.services = services;
        this.pools = pools;
        this.switchboard = switchboard;
        this.stopping = stopping;
    }

    /// Whether a pool of that name is on its way out: there can be no other of that name yet.
    boolean contains(String name) {
        return leaving.contains(name);
    }

    /// Takes a pool out; returns when that is under way.
    void begin(String name) {
        var pool = requireNonNull(pools.get(name));
        leaving.add(name);
        pool.leave();
        new StopSequence(services, pool, () -> gone(name)).begin(Duration.ZERO);
    }

    /// While the supervisor stops it is its end that closes the pool, and counts what had to be killed.
    private void gone(String name) {
        if (stopping.getAsBoolean()) {
            return;
        }
        leaving.remove(name);
        var pool = requireNonNull(pools.remove(name));
        int cut = pool.queued();
        pool.close();
        for (var place : pool.state().places()) {
            switchboard.forget(new Address.Worker(new WorkerId(name, place.ordinal()).toString()));
        }
        services.journal()
                .record(
                        Event.Subject.pool(name),
                        Reason.POOL_GONE,
                        "Gone: " + Counted.of(pool.killed(), "worker") + " killed, "
                                + Counted.of(cut, "waiting connection") + " cut off.");
        LOG.info("Pool gone pool={} killed={} cut={}", name, pool.killed(), cut);
    }
}
