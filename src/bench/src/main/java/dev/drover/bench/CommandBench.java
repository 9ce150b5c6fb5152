package dev.drover.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// `drover get workers` to its end, against a JVM that does nothing: what a user waits for, and the least that a
/// command in Java can take on this machine.
final class CommandBench {
    /// In ms.
    private static final Row.Goal GOAL = Row.Goal.atMost(250);

    private static final Duration BOUND = Duration.ofSeconds(30);

    private final int pairs;

    CommandBench(int pairs) {
        this.pairs = pairs;
    }

    List<Row> run() throws Exception {
        var distribution = new Distribution();
        var least = Jvm.running(Jvm.SMALL, CommandBench.class);
        try (var master = distribution.startMaster(Distribution.Pool.SINGLE)) {
            var command = distribution.command(master, "get", "workers");
            var times = Pairs.compare(pairs, () -> time(command), () -> time(least));
            return List.of(Row.beside("drover get workers, beside an empty JVM, ms", times.ours(), times.peer(), GOAL));
        }
    }

    private static double time(List<String> command) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Commands.run(BOUND, command);
        return (System.nanoTime() - start) / 1e6;
    }

    /// Nothing.
    public static void main(String[] arguments) {}
}
