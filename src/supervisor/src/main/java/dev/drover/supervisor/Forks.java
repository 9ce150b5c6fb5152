package dev.drover.supervisor;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Who waits for what of forked workers. Belongs to the loop.
final class Forks {
    /// @param online completes when its session opens, or when it ends before that
    /// @param exited completes when it ends
    record Waiting(CompletableFuture<Boolean> online, CompletableFuture<ExitReport> exited) {}

    private final Map<String, Waiting> byPool = new HashMap<>();

    Waiting add(String pool) {
        var waiting = new Waiting(new CompletableFuture<>(), new CompletableFuture<>());
        byPool.put(pool, waiting);
        return waiting;
    }

    boolean contains(String pool) {
        return byPool.containsKey(pool);
    }

    /// Nobody has to wait for one that could not be opened.
    void remove(String pool) {
        byPool.remove(pool);
    }

    void happened(WorkerEvent event) {
        var pool = event.incarnation().worker().pool();
        var waiting = byPool.get(pool);
        if (waiting == null) {
            return;
        }
        switch (event) {
            case WorkerEvent.Online _ -> waiting.online().complete(true);
            case WorkerEvent.Exited(var report) -> {
                byPool.remove(pool);
                waiting.online().complete(false);
                waiting.exited().complete(report);
            }
            case WorkerEvent.Forked _, WorkerEvent.Listening _, WorkerEvent.Ready _, WorkerEvent.Disconnected _ -> {}
        }
    }
}
