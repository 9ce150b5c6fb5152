package dev.drover.examples.scenes;

import dev.drover.supervisor.Fork;
import dev.drover.supervisor.ListeningSocket;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.WorkerEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/// Node's `cluster` module: workers on one port, what happens to them, a replacement for each that exits, and an end
/// to that when it happens too often.
public final class Cluster {
    private static final int LIMIT = 10;
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final Supervisor supervisor = Supervisor.start();
    private final Deque<Long> exits = new ArrayDeque<>();
    private final ListeningSocket server;
    private int forked;

    private Cluster(String... arguments) {
        server = supervisor.listen("http", Port.of(arguments));
        System.out.println("listening at " + server.address());
        supervisor.onEvent(this::happened);
    }

    /// The parent. Stops its workers when it is told to end, or gives up.
    public static void main(String[] arguments) {
        var cluster = new Cluster(arguments);
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            cluster.fork();
        }
    }

    private synchronized void fork() {
        var worker = supervisor.fork(Fork.of("worker-" + ++forked, Jvm.running(PidChild.class)));
        // One that does not take it exits, which is told.
        var _ = worker.pass(server);
    }

    private void happened(WorkerEvent event) {
        System.out.println(event.incarnation().worker() + " " + words(event));
        if (event instanceof WorkerEvent.Exited && !supervisor.isStopping()) {
            if (tooOften()) {
                System.out.println("giving up: workers exit too often");
                System.exit(1);
            }
            fork();
        }
    }

    private static String words(WorkerEvent event) {
        return switch (event) {
            case WorkerEvent.Forked(var _, var pid) -> "fork pid " + pid;
            case WorkerEvent.Online _ -> "online";
            case WorkerEvent.Listening _ -> "listening";
            case WorkerEvent.Ready _ -> "ready";
            case WorkerEvent.Disconnected _ -> "disconnect";
            case WorkerEvent.Exited(var report) -> "exit: " + report.message();
        };
    }

    private boolean tooOften() {
        exits.add(System.nanoTime());
        return exits.size() > LIMIT && exits.getLast() - exits.remove() < WINDOW.toNanos();
    }
}
