package dev.drover.poolfile;

import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Pools as messages: what is wrong with them, and the text that a pool file holds and `-o yaml` and `-o json` write.
public final class WorkerPools {

    private WorkerPools() {}

    /// Everything that is wrong with pools that come from no file; the rules are those of files.
    ///
    /// @param field under which they are known: the first one's port is `FIELD[0].spec.sockets[0].port`
    public static List<Violation> violations(String field, List<WorkerPool> pools) {
        var documents = IntStream.range(0, pools.size())
                .mapToObj(i -> Document.of(field + "[" + i + "]", pools.get(i)))
                .toList();
        return Stream.concat(
                        documents.stream().flatMap(document -> document.problems().stream()),
                        Conflicts.among(documents).stream())
                .map(problem -> new Violation(
                        problem.path().isEmpty() ? problem.file().toString() : problem.file() + "." + problem.path(),
                        problem.message()))
                .toList();
    }

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
