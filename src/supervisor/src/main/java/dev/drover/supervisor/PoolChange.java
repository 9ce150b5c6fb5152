package dev.drover.supervisor;

import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import dev.drover.supervisor.pool.PoolEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/// Carries out the plan from what there is to what is wanted, whole or not at all.
///
/// @param pools those there are
record PoolChange(Map<String, PoolRuntime> pools) {

    ChangeOutcome apply(List<PoolSpec> specs) {
        var plan = Plan.diff(pools.values().stream().map(PoolRuntime::spec).toList(), specs);
        var problems = problems(plan);
        if (!problems.isEmpty()) {
            return new ChangeOutcome.Refused(problems);
        }
        for (var spec : specs) {
            var pool = pools.get(spec.name());
            // One event for all that changes in a pool: nothing is started that the next operation would replace.
            if (pool != null && !pool.spec().equals(spec)) {
                pool.handle(new PoolEvent.SpecChanged(spec));
            }
        }
        return new ChangeOutcome.Applied(plan.lines());
    }

    /// A line for each pool to which something cannot be done without a new start.
    private static List<String> problems(Plan plan) {
        var problems = new LinkedHashSet<String>();
        for (var operation : plan.operations()) {
            var pool = operation.pool();
            switch (operation) {
                case Operation.PoolAdded _ ->
                    problems.add("pool " + pool + " is new: adding a pool needs a new start of the master");
                case Operation.PoolRemoved _ ->
                    problems.add("pool " + pool + " is gone: removing a pool needs a new start of the master");
                case Operation.SocketAdded _ -> problems.add(socketsChanged(pool));
                case Operation.SocketChanged _ -> problems.add(socketsChanged(pool));
                case Operation.SocketRemoved _ -> problems.add(socketsChanged(pool));
                case Operation.SettingsChanged _ -> {}
                case Operation.Scale _ -> {}
                case Operation.NewRevision _ -> {}
            }
        }
        return new ArrayList<>(problems);
    }

    private static String socketsChanged(String pool) {
        return "pool " + pool + ": changing its sockets needs a new start of the master";
    }
}
