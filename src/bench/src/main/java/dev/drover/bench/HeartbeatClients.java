package dev.drover.bench;

import dev.drover.session.SessionClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;

/// The workers of [HeartbeatBench]: as many sessions as it asks for, in one process, that give their signs of life and
/// say nothing else.
public final class HeartbeatClients {
    private static final Duration OPEN_BOUND = Duration.ofSeconds(60);

    private HeartbeatClients() {}

    /// Says `open` when all are, and ends with its input.
    ///
    /// @param arguments the socket, and how many
    public static void main(String[] arguments) throws Exception {
        Jvm.logWarningsOnly();
        var socket = Path.of(arguments[0]);
        var sessions = new ArrayList<SessionClient>();
        for (int i = 0; i < Integer.parseInt(arguments[1]); i++) {
            var session = new SessionClient(socket, "ticket-" + i, 1);
            sessions.add(session.open().get(OPEN_BOUND.toNanos(), TimeUnit.NANOSECONDS));
        }
        System.out.println("open");
        awaitEnd();
        sessions.forEach(SessionClient::close);
    }

    private static void awaitEnd() throws IOException {
        while (System.in.read() >= 0) {
            // Nobody says anything.
        }
    }
}
