package dev.drover.bench;

import dev.drover.session.HeartbeatPace;
import dev.drover.session.MessageLimits;
import dev.drover.session.SessionEvents;
import dev.drover.session.SessionGate;
import dev.drover.session.SessionServer;
import dev.drover.session.SessionVerdict;
import dev.drover.session.WorkerSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.Scanner;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/// The master of [HeartbeatBench]: the server of sessions, and nothing else. It lets everybody in.
public final class HeartbeatMaster {
    /// As a supervisor tells each of so many workers.
    private static final Duration INTERVAL = HeartbeatPace.of(HeartbeatBench.SESSIONS);

    private final Queue<WorkerSession> sessions = new ConcurrentLinkedQueue<>();

    private HeartbeatMaster() {}

    /// Says `open` when it listens, and at every line of its input how many sessions live. Ends with its input.
    ///
    /// @param arguments the socket
    public static void main(String[] arguments) throws IOException {
        Jvm.logWarningsOnly();
        var master = new HeartbeatMaster();
        try (var _ = SessionServer.start(Path.of(arguments[0]), MessageLimits.DEFAULT, master.gate());
                var input = new Scanner(System.in, StandardCharsets.UTF_8)) {
            System.out.println("open");
            while (input.hasNextLine()) {
                input.nextLine();
                System.out.println(master.beating());
            }
        }
    }

    private long beating() {
        long now = System.nanoTime();
        long recent = INTERVAL.multipliedBy(3).toNanos();
        return sessions.stream()
                .filter(session -> now - session.heartbeatNanos() < recent)
                .count();
    }

    private SessionGate gate() {
        return new SessionGate() {
            @Override
            public void hello(String ticket, int incarnation, Consumer<SessionVerdict> decision) {
                decision.accept(new SessionVerdict.Admitted("fake", ticket, incarnation, INTERVAL, events()));
            }

            @Override
            public void refused(String why) {
                System.err.println("A session was refused: " + why);
            }
        };
    }

    private SessionEvents events() {
        return new SessionEvents() {
            @Override
            public void opened(WorkerSession session) {
                sessions.add(session);
            }

            @Override
            public void ready() {}

            @Override
            public void draining() {}

            @Override
            public void status(String text) {}

            @Override
            public void closed(String why) {}
        };
    }
}
