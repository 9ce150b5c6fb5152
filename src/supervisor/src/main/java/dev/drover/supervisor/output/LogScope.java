package dev.drover.supervisor.output;

import dev.drover.supervisor.WorkerId;
import java.util.Optional;

/// Whose lines somebody wants to read.
///
/// @param pool the pool
/// @param worker one worker of it; empty: all
public record LogScope(String pool, Optional<WorkerId> worker) {

    /// Those of one worker.
    public static LogScope of(WorkerId worker) {
        return new LogScope(worker.pool(), Optional.of(worker));
    }

    /// Those of every worker of a pool.
    public static LogScope of(String pool) {
        return new LogScope(pool, Optional.empty());
    }

    boolean contains(WorkerId id) {
        return worker.map(id::equals).orElseGet(() -> id.pool().equals(pool));
    }
}
