package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Bytes between a parent and its child on a bare socket, in C: the limit. Both are started for each run.
///
/// @param program `messages.c`, compiled
record SocketMessages(Path program) {
    private static final Duration RUN_BOUND = Duration.ofSeconds(30);

    RoundTrips roundTrips(int size, Duration duration) throws IOException, InterruptedException {
        return RoundTrips.parse(run("round", size, duration));
    }

    Flood flood(int size, Duration duration) throws IOException, InterruptedException {
        var words = run("flood", size, duration).strip().split(" ", -1);
        return new Flood(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
    }

    private String run(String what, int size, Duration duration) throws IOException, InterruptedException {
        var millis = Long.toString(duration.toMillis());
        return Commands.run(
                duration.plus(RUN_BOUND), List.of(program.toString(), what, Integer.toString(size), millis));
    }
}
