package dev.drover.supervisor;

import dev.drover.supervisor.pool.PoolEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Compares what is wanted with what was wanted and applies the difference, whole or not at all.
///
/// @param pools those there are
record PoolChange(Map<String, PoolRuntime> pools) {

    ChangeOutcome apply(List<PoolSpec> specs) {
        var problems = problems(specs);
        if (!problems.isEmpty()) {
            return new ChangeOutcome.Refused(problems);
        }
        var changes = new ArrayList<String>();
        for (var spec : specs) {
            var pool = pools.get(spec.name());
            if (pool != null && !pool.spec().equals(spec)) {
                changes.add(describe(pool.spec(), spec));
                pool.handle(new PoolEvent.SpecChanged(spec));
            }
        }
        return new ChangeOutcome.Applied(changes);
    }

    private List<String> problems(List<PoolSpec> specs) {
        var problems = new ArrayList<String>();
        var names = specs.stream().map(PoolSpec::name).collect(Collectors.toSet());
        for (var spec : specs) {
            var pool = pools.get(spec.name());
            if (pool == null) {
                problems.add("pool " + spec.name() + " is new: adding a pool needs a new start of the master");
            } else if (!pool.spec().sockets().equals(spec.sockets())) {
                problems.add("pool " + spec.name() + ": changing its sockets needs a new start of the master");
            }
        }
        for (var name : pools.keySet()) {
            if (!names.contains(name)) {
                problems.add("pool " + name + " is gone: removing a pool needs a new start of the master");
            }
        }
        return problems;
    }

    private static String describe(PoolSpec before, PoolSpec after) {
        var what = new ArrayList<String>();
        if (before.replicas() != after.replicas()) {
            what.add("replicas " + before.replicas() + " -> " + after.replicas());
        }
        if (!before.template().equals(after.template())) {
            what.add("new revision of the template");
        }
        if (what.isEmpty()) {
            what.add("settings");
        }
        return "pool " + after.name() + ": " + String.join(", ", what);
    }
}
