package dev.drover.master;

import dev.drover.supervisor.plan.Plan;
import java.util.List;
import java.util.Optional;

/// What becomes of a wish of the control API.
public sealed interface ChangeAnswer {
    /// It is under way, or told without being done.
    ///
    /// @param plan what is done; empty: everything is as wanted already
    record Done(Plan plan) implements ChangeAnswer {}

    /// It cannot be done; nothing was changed.
    ///
    /// @param problems one line each
    record Refused(List<String> problems) implements ChangeAnswer {
        public Refused {
            problems = List.copyOf(problems);
        }
    }

    /// A pool has changed since it was read; nothing was changed.
    ///
    /// @param given the version the caller has read
    /// @param current the one it has; empty: there is no such pool
    record Stale(String pool, String given, Optional<String> current) implements ChangeAnswer {}

    /// There is no such pool.
    record NoSuchPool(String pool) implements ChangeAnswer {}

    /// The master is starting or stopping.
    record NotRunning() implements ChangeAnswer {}
}
