package dev.drover.supervisor;

import dev.drover.supervisor.pool.PoolState;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The conditions of one pool; remembers when each last changed. Belongs to the loop.
final class Conditions {
    private static final Logger LOG = LoggerFactory.getLogger(Conditions.class);

    private final String pool;
    private final InstantSource clock;
    private final Map<Snapshot.ConditionType, Snapshot.Condition> known = new EnumMap<>(Snapshot.ConditionType.class);
    private boolean quiet;
    private long progressNanos;
    private int lastUpdatedReady = -1;
    private int lastGeneration;

    Conditions(String pool, InstantSource clock) {
        this.pool = pool;
        this.clock = clock;
    }

    List<Snapshot.Condition> all() {
        return List.copyOf(known.values());
    }

    /// Says nothing of a pool that stops: it is no news that it is not available.
    void refresh(PoolState state, long nowNanos) {
        quiet = state.stopping();
        var spec = state.spec();
        long minReady = spec.minReady().toNanos();
        int available = PoolView.count(state, member -> member.availableAt(nowNanos, minReady));
        int updatedReady = PoolView.count(state, member -> member.ready() && member.revision() == state.revision());
        int needed = spec.replicas() - spec.unavailable();
        if (available >= needed) {
            set(
                    Snapshot.ConditionType.AVAILABLE,
                    true,
                    "MinimumWorkersAvailable",
                    available + " of " + spec.replicas() + " workers are available.");
        } else {
            set(
                    Snapshot.ConditionType.AVAILABLE,
                    false,
                    "MinimumWorkersUnavailable",
                    available + " workers are available, " + needed + " are needed.");
        }
        progress(state, updatedReady, nowNanos);
        degraded(state);
    }

    private void progress(PoolState state, int updatedReady, long nowNanos) {
        if (updatedReady > lastUpdatedReady || state.generation() != lastGeneration) {
            progressNanos = nowNanos;
        }
        lastUpdatedReady = updatedReady;
        lastGeneration = state.generation();
        int wanted = state.spec().replicas();
        boolean complete = updatedReady >= wanted && PoolView.count(state, member -> true) == wanted;
        if (complete) {
            progressNanos = nowNanos;
            set(Snapshot.ConditionType.PROGRESSING, true, "Complete", "Every worker is ready.");
        } else if (nowNanos - progressNanos >= state.spec().progressDeadline().toNanos()) {
            set(
                    Snapshot.ConditionType.PROGRESSING,
                    false,
                    "ProgressDeadlineExceeded",
                    updatedReady + " of " + wanted + " workers became ready within "
                            + state.spec().progressDeadline().toSeconds() + " s.");
        } else {
            set(
                    Snapshot.ConditionType.PROGRESSING,
                    true,
                    "WorkersStarting",
                    updatedReady + " of " + wanted + " workers are ready.");
        }
    }

    private void degraded(PoolState state) {
        var failing = state.places().values().stream()
                .filter(place ->
                        place.failures() > 0 && place.members().stream().noneMatch(member -> member.ready()))
                .map(place -> state.spec().name() + "-" + place.ordinal())
                .toList();
        if (failing.isEmpty()) {
            set(Snapshot.ConditionType.DEGRADED, false, "NoneFailing", "No worker is failing.");
        } else {
            set(
                    Snapshot.ConditionType.DEGRADED,
                    true,
                    "WorkersFailing",
                    "Failing: " + String.join(", ", failing) + ".");
        }
    }

    private void set(Snapshot.ConditionType type, boolean holds, String reason, String message) {
        var old = known.get(type);
        var since = old != null && old.holds() == holds ? old.since() : clock.instant();
        known.put(type, new Snapshot.Condition(type, holds, reason, message, since));
        if (old != null && old.holds() != holds && !quiet) {
            var level = isBad(type, holds) ? Level.WARN : Level.INFO;
            LOG.atLevel(level)
                    .log("Pool is {}{} pool={} reason={}: {}", holds ? "" : "not ", type.word(), pool, reason, message);
        }
    }

    private static boolean isBad(Snapshot.ConditionType type, boolean holds) {
        return switch (type) {
            case AVAILABLE, PROGRESSING -> !holds;
            case DEGRADED -> holds;
        };
    }
}
