package dev.drover.master;

import dev.drover.master.resource.PoolSpecs;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.PoolSpec;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The pools as they were written last and taken, by name. Immutable.
record WrittenPools(Map<String, WorkerPool> byName) {
    WrittenPools {
        byName = Map.copyOf(byName);
    }

    /// @param pools with different names
    static WrittenPools of(List<WorkerPool> pools) {
        return new WrittenPools(pools.stream()
                .collect(Collectors.toMap(pool -> pool.getMetadata().getName(), Function.identity())));
    }

    /// The same with these instead of those of their names, and the others of them added. What the master writes of
    /// itself is not what was written.
    WrittenPools with(WrittenPools others) {
        var all = new HashMap<>(byName);
        others.byName.values().stream()
                .map(WrittenPools::asWritten)
                .forEach(pool -> all.put(pool.getMetadata().getName(), pool));
        return new WrittenPools(all);
    }

    private static WorkerPool asWritten(WorkerPool pool) {
        var written = pool.toBuilder().clearStatus();
        written.getMetadataBuilder().clearGeneration().clearResourceVersion();
        return written.build();
    }

    /// The same without that one.
    WrittenPools without(String name) {
        var rest = new HashMap<>(byName);
        rest.remove(name);
        return new WrittenPools(rest);
    }

    /// The same with so many workers in one pool; the same where there is none of that name.
    WrittenPools scaled(String name, int replicas) {
        return pool(name)
                .map(pool -> {
                    var scaled = pool.toBuilder();
                    scaled.getSpecBuilder().setReplicas(replicas);
                    return with(of(List.of(scaled.build())));
                })
                .orElse(this);
    }

    Optional<WorkerPool> pool(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// What they want on a machine with so many CPUs, by name.
    List<PoolSpec> specs(int cpus) {
        return byName.values().stream()
                .map(pool -> PoolSpecs.of(pool, cpus))
                .sorted(Comparator.comparing(PoolSpec::name))
                .toList();
    }

    /// Names of the pools with a set count, in order.
    List<String> counted() {
        return names(pool -> pool.getSpec().hasReplicas());
    }

    /// Names of the pools with a worker for each CPU, in order.
    List<String> counting() {
        return names(pool -> !pool.getSpec().hasReplicas());
    }

    private List<String> names(Predicate<WorkerPool> which) {
        return byName.values().stream()
                .filter(which)
                .map(pool -> pool.getMetadata().getName())
                .sorted()
                .toList();
    }
}
