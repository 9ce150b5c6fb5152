package dev.drover.poolfile;

import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;

/// Pools as text: what a pool file holds, and what `-o yaml` and `-o json` write.
public final class WorkerPools {

    private WorkerPools() {}

    /// One pool as a YAML document.
    public static String toYaml(WorkerPool pool) {
        return toYaml(List.of(pool));
    }

    /// Each pool as a YAML document of its own, separated by `---`.
    public static String toYaml(List<WorkerPool> pools) {
        return Trees.toYaml(pools.stream().map(Trees::of).toList());
    }

    /// One pool as a JSON object.
    public static String toJson(WorkerPool pool) {
        return Trees.toJson(Trees.of(pool));
    }

    /// Pools as one JSON object, a `kind: List` as kubectl writes it.
    public static String toJson(List<WorkerPool> pools) {
        return Trees.toJsonList(pools.stream().map(Trees::of).toList());
    }
}
