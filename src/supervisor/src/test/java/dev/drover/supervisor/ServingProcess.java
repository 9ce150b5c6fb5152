package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.Received;
import dev.drover.posix.Listener;
import dev.drover.supervisor.socket.fixtures.ServingWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A worker in a process of its own that serves its listeners, those it had when it joined and those it gets later:
/// it answers each connection with the number of its incarnation.
final class ServingProcess {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /// What it does with listeners it gets, or is to give back, while it runs.
    enum Manner {
        WILLING,
        REFUSES,
        /// Serves on what it had and answers nothing.
        SILENT
    }

    private final HandleClient client;
    private final int incarnation;
    private final Map<String, ServingWorker> served = new HashMap<>();

    private ServingProcess(HandleClient client, int incarnation) {
        this.client = client;
        this.incarnation = incarnation;
    }

    public static void main(String[] arguments) {
        var environment = System.getenv();
        var name = environment.getOrDefault("DROVER_WORKER", "");
        int incarnation = Integer.parseInt(environment.getOrDefault("DROVER_INCARNATION", "0"));
        var handles = Path.of(environment.getOrDefault("DROVER_RUN_DIR", ""), "attach", "handles.sock");
        try (var client = HandleClient.connect(handles, TIMEOUT)) {
            var joined = client.join(name, incarnation, environment.getOrDefault("DROVER_TOKEN", ""), TIMEOUT);
            var process = new ServingProcess(client, incarnation);
            process.serve(joined.transferId(), joined.listeners());
            client.ready();
            while (process.obeys(client.receive(), Manner.valueOf(arguments[0]))) {}
        }
        Runtime.getRuntime().halt(0);
    }

    private void serve(long transferId, List<Handle> listeners) {
        client.acknowledge(transferId);
        for (var handle : listeners) {
            try (var listener = Listener.adopt(handle.descriptor())) {
                served.put(handle.socketName() + handle.address(), new ServingWorker(listener, incarnation));
            }
        }
    }

    /// @return false at the end
    private boolean obeys(Received received, Manner manner) {
        switch (received) {
            case Received.Transferred(var transferId, var listeners)
            when manner == Manner.REFUSES -> {
                listeners.forEach(handle -> handle.descriptor().close());
                client.refuse(transferId, "not today");
            }
            case Received.Transferred(var _, var listeners)
            when manner == Manner.SILENT ->
                listeners.forEach(handle -> handle.descriptor().close());
            case Received.Transferred(var transferId, var listeners) -> serve(transferId, listeners);
            case Received.Withdrawn wanted
            when manner == Manner.REFUSES -> client.refuse(wanted.transferId(), "not today");
            case Received.Withdrawn _ when manner == Manner.SILENT -> {}
            case Received.Withdrawn wanted -> {
                var worker = served.remove(wanted.socketName() + wanted.address());
                if (worker != null) {
                    worker.close();
                }
                client.acknowledge(wanted.transferId());
            }
            case Received.MasterGone _ -> {
                return false;
            }
        }
        return true;
    }
}
