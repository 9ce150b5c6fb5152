package dev.drover.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;

/// Messages between a parent and its child in Node. For one thread.
final class NodeMessages implements AutoCloseable {
    private static final Duration ANSWER_BOUND = Duration.ofSeconds(30);

    private final LineProcess parent;
    private final long childPid;

    private NodeMessages(LineProcess parent) {
        this.parent = parent;
        this.childPid = Long.parseLong(parent.greeting());
    }

    /// @param serialization `json` or `advanced`
    static NodeMessages start(String serialization) throws IOException, InterruptedException {
        var command = new ArrayList<>(Sources.node("messages.js"));
        command.add(serialization);
        return new NodeMessages(LineProcess.start(command, ANSWER_BOUND));
    }

    RoundTrips roundTrips(int size, Duration duration) throws IOException, InterruptedException {
        return RoundTrips.parse(ask("round " + size, duration));
    }

    Flood down(int size, Duration duration) throws Exception {
        return flood("flood down " + size, duration);
    }

    Flood up(int size, Duration duration) throws Exception {
        return flood("flood up " + size, duration);
    }

    private Flood flood(String what, Duration duration) throws Exception {
        return Flood.between(parent.pid(), childPid, () -> Flood.Sent.parse(ask(what, duration)));
    }

    private String ask(String what, Duration duration) throws IOException, InterruptedException {
        return parent.ask(what + " " + duration.toMillis(), duration.plus(ANSWER_BOUND));
    }

    @Override
    public void close() {
        parent.close();
    }
}
