package dev.drover.master;

import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.Snapshot.Condition;
import dev.drover.supervisor.Snapshot.ConditionType;
import java.util.Optional;

/// Whether clients are welcome.
public final class Welcome {
    private Welcome() {}

    /// Of a master. Waits for the loop.
    public static boolean of(Controls controls, Snapshot snapshot) {
        return controls.isStarted()
                && !controls.isStopping()
                && snapshot.pools().stream().allMatch(Welcome::of);
    }

    /// One that is on its way out is nobody's loss, nor one that came later and never was there: others serve.
    private static boolean of(Snapshot.Pool pool) {
        boolean available = available(pool).filter(Condition::holds).isPresent();
        return (available && !pool.failed()) || pool.leaving() || pool.awaited();
    }

    /// Whether as many workers are available as must be; empty: not known yet.
    public static Optional<Condition> available(Snapshot.Pool pool) {
        return pool.conditions().stream()
                .filter(condition -> condition.type() == ConditionType.AVAILABLE)
                .findFirst();
    }
}
