package dev.drover.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/// Short connections with one request each, as fast as they come: `connections.c`.
///
/// @param program compiled, with what runs it
record ConnectionLoad(List<String> program) {
    /// Keeps some workers busy without queueing for long.
    private static final int CONCURRENCY = 64;

    private static final Duration BOUND = Duration.ofSeconds(60);

    /// @param perSecond connections
    /// @param cpuShare how busy the load's only thread was, of 1: near 1 it was the limit, not the server
    record Result(double perSecond, double cpuShare) {}

    static ConnectionLoad compile(ScratchDirectory directory) throws IOException, InterruptedException {
        return new ConnectionLoad(
                List.of(Sources.compile("connections.c", directory.path()).toString()));
    }

    /// The same in a session of its own.
    ConnectionLoad inOwnSession() {
        return new ConnectionLoad(
                Stream.concat(Stream.of("setsid"), program.stream()).toList());
    }

    /// The same on a processor of its own.
    ConnectionLoad on(int processor) {
        return new ConnectionLoad(Stream.concat(Processors.on(processor).stream(), program.stream())
                .toList());
    }

    /// Any connection that fails fails the run.
    Result run(InetSocketAddress address, int count) throws IOException, InterruptedException {
        var arguments = Stream.of(address.getPort(), count, CONCURRENCY).map(String::valueOf);
        var words = Commands.run(
                        BOUND, Stream.concat(program.stream(), arguments).toList())
                .strip()
                .split(" ", -1);
        double seconds = Double.parseDouble(words[0]);
        return new Result(count / seconds, Double.parseDouble(words[1]) / seconds);
    }
}
