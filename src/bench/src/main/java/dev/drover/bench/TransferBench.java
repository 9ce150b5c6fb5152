package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/// Passing a descriptor in Java, by JMH in a JVM of its own for each run, against the same in C.
final class TransferBench {
    private static final Row.Goal GOAL = Row.Goal.atMost(1.3);
    private static final Duration RUN_BOUND = Duration.ofSeconds(30);
    private static final int RUN_MILLIS = 1000;

    /// Two seconds, in which C2 gets to compile the path.
    private static final int WARM_UPS = 5;

    private static final int MEASUREMENTS = 3;
    private static final TimeValue ITERATION = TimeValue.milliseconds(400);

    private final int pairs;

    TransferBench(int pairs) {
        this.pairs = pairs;
    }

    List<Row> run() throws Exception {
        try (var directory = ScratchDirectory.create()) {
            var program = Sources.compile("transfer.c", directory.path());
            return List.of(
                    row("200 B + 1 handle, one thread, ns", "sameThread", program, "same"),
                    row("200 B + 1 handle, round trip of two threads, ns", "roundTrip", program, "round"));
        }
    }

    private Row row(String name, String benchmark, Path program, String mode) throws Exception {
        var comparison = Pairs.compare(pairs, () -> java(benchmark), () -> c(program, mode));
        return Row.of(name, comparison, Optional.of(GOAL));
    }

    private static double java(String benchmark) {
        var options = new OptionsBuilder()
                .include(HandleTransfer.class.getSimpleName() + "\\." + benchmark + "$")
                .forks(1)
                .warmupIterations(WARM_UPS)
                .warmupTime(ITERATION)
                .measurementIterations(MEASUREMENTS)
                .measurementTime(ITERATION)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .timeout(TimeValue.seconds(30))
                .build();
        try {
            return new Runner(options).runSingle().getPrimaryResult().getScore();
        } catch (RunnerException failure) {
            // Those of the forked JVM are suppressed in it.
            var causes =
                    Stream.of(failure.getSuppressed()).map(Throwable::getCause).toList();
            throw new BenchException("JMH: " + failure.getMessage() + " " + causes);
        }
    }

    private static double c(Path program, String mode) throws IOException, InterruptedException {
        var output = Commands.run(RUN_BOUND, List.of(program.toString(), mode, Integer.toString(RUN_MILLIS)));
        return Double.parseDouble(output.strip());
    }
}
