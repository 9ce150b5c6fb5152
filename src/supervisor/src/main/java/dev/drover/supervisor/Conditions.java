package dev.drover.supervisor;

import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.pool.Aspect;
import dev.drover.supervisor.pool.PoolState;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/// The conditions of one pool; remembers when each last changed. Belongs to the loop.
final class Conditions {
    private static final Logger LOG = LoggerFactory.getLogger(Conditions.class);

    private final String pool;
    private final InstantSource clock;
    private final Journal journal;
    private final Map<Snapshot.ConditionType, Snapshot.Condition> known = new EnumMap<>(Snapshot.ConditionType.class);
    private boolean quiet;

    Conditions(String pool, InstantSource clock, Journal journal) {
        this.pool = pool;
        this.clock = clock;
        this.journal = journal;
    }

    List<Snapshot.Condition> all() {
        return List.copyOf(known.values());
    }

    boolean isAvailable() {
        return Optional.ofNullable(known.get(Snapshot.ConditionType.AVAILABLE))
                .filter(Snapshot.Condition::holds)
                .isPresent();
    }

    /// Says nothing of a pool that stops: it is no news that it is not available.
    ///
    /// @param filesRefused why what was to be wanted is not, where that is so
    /// @return whether something is other than before
    boolean refresh(PoolState state, long nowNanos, Optional<String> filesRefused) {
        quiet = state.stopping();
        var before = Map.copyOf(known);
        set(Snapshot.ConditionType.AVAILABLE, Aspect.available(state, nowNanos));
        set(Snapshot.ConditionType.PROGRESSING, Aspect.progressing(state, nowNanos));
        set(Snapshot.ConditionType.DEGRADED, Aspect.degraded(state, filesRefused));
        return !before.equals(known);
    }

    private void set(Snapshot.ConditionType type, Aspect aspect) {
        var old = known.get(type);
        boolean holds = aspect.holds();
        var reason = aspect.reason().word();
        var since = old != null && old.holds() == holds ? old.since() : clock.instant();
        known.put(type, new Snapshot.Condition(type, holds, reason, aspect.message(), since));
        if (old != null && old.holds() != holds && !quiet) {
            var level = isBad(type, aspect) ? Level.WARN : Level.INFO;
            LOG.atLevel(level)
                    .log(
                            "Pool is {}{} pool={} reason={}: {}",
                            holds ? "" : "not ",
                            type.word(),
                            pool,
                            reason,
                            aspect.message());
            event(type, holds).ifPresent(what -> journal.record(Event.Subject.pool(pool), what, aspect.message()));
        }
    }

    private static Optional<Reason> event(Snapshot.ConditionType type, boolean holds) {
        return switch (type) {
            case AVAILABLE -> Optional.of(holds ? Reason.AVAILABLE : Reason.UNAVAILABLE);
            case DEGRADED -> Optional.of(holds ? Reason.DEGRADED : Reason.RECOVERED);
            // The rollout's own steps are told.
            case PROGRESSING -> Optional.empty();
        };
    }

    private static boolean isBad(Snapshot.ConditionType type, Aspect aspect) {
        return switch (type) {
            case AVAILABLE -> !aspect.holds();
            case PROGRESSING -> !aspect.holds() && aspect.reason() != Aspect.Reason.PAUSED;
            case DEGRADED -> aspect.holds();
        };
    }
}
