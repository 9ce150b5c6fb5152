package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/// Eight workers that write lines: how fast they can with the master reading, against the same writers each with a
/// `cat`
/// that reads and does nothing else. The master writes to `/dev/null`.
final class OutputBench {
    /// Of each: 100 000 a second together.
    private static final int PACE = 12_500;

    /// Three seconds of that.
    private static final int PACED_LINES = 37_500;

    private static final int FAST_LINES = 150_000;
    private static final Duration STOP_BOUND = Duration.ofSeconds(20);

    private final int pairs;
    private final Distribution distribution = new Distribution();
    private double cpuMicros;
    private double rssMiB;

    OutputBench(int pairs) {
        this.pairs = pairs;
    }

    List<Row> run() throws Exception {
        try (var directory = ScratchDirectory.create()) {
            var program = Sources.compile("output.c", directory.path());
            var paced = Row.of(
                    "lines/s of 8 workers that write 100 000 (Drop)",
                    compare(program, PACED_LINES, PACE, "Drop"),
                    Optional.of(Row.Goal.atLeast(0.95)));
            double cpu = cpuMicros;
            double rss = rssMiB;
            return List.of(
                    paced,
                    Row.alone("the master's CPU for each of these lines, µs", cpu),
                    Row.alone("the master after these lines, RSS MiB", rss),
                    Row.of("lines/s as fast as they can (Drop)", compare(program, FAST_LINES, 0, "Drop")),
                    Row.alone("the master after these lines, RSS MiB", rssMiB),
                    Row.of("lines/s as fast as they can (Block)", compare(program, FAST_LINES, 0, "Block")));
        }
    }

    private Pairs.Comparison compare(Path program, int lines, int perSecond, String whenFull) throws Exception {
        return Pairs.compare(
                pairs,
                () -> {
                    try (var run = OutputRun.create(program, lines, perSecond)) {
                        return intoMaster(run, whenFull);
                    }
                },
                () -> {
                    try (var run = OutputRun.create(program, lines, perSecond)) {
                        return run.intoBareReaders();
                    }
                });
    }

    private double intoMaster(OutputRun run, String whenFull) throws IOException, InterruptedException {
        var home = run.directory().path();
        var pool = Files.writeString(home.resolve("pool.yaml"), poolFile(run, whenFull));
        var builder = new ProcessBuilder(distribution.master(pool))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DROVER_RUN_DIR", home.resolve("run").toString());
        var master = builder.start();
        try {
            awaitWorkers(master);
            var before = ProcessFiles.cpuTime(master.pid());
            double rate = run.linesPerSecond();
            var used = ProcessFiles.cpuTime(master.pid()).minus(before);
            cpuMicros = used.toNanos() / 1e3 / ((double) run.lines() * OutputRun.WRITERS);
            rssMiB = ProcessFiles.rssMiB(master.pid());
            return rate;
        } finally {
            master.destroy();
            if (!master.waitFor(STOP_BOUND.toSeconds(), TimeUnit.SECONDS)) {
                master.destroyForcibly();
            }
        }
    }

    /// They wait for the start: nothing of theirs is measured yet.
    private static void awaitWorkers(Process master) {
        long start = System.nanoTime();
        while (master.children().count() < OutputRun.WRITERS) {
            if (!master.isAlive() || System.nanoTime() - start >= STOP_BOUND.toNanos()) {
                throw new BenchException("the master did not start its workers within " + STOP_BOUND);
            }
            ServerProcess.pause(Duration.ofMillis(20));
        }
        ServerProcess.pause(Duration.ofSeconds(1));
    }

    private static String poolFile(OutputRun run, String whenFull) {
        var command = run.command().stream().map(word -> '"' + word + '"').collect(Collectors.joining(", "));
        return """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata: {name: web}
            spec:
              replicas: %d
              sockets: [{name: http, host: 127.0.0.1, port: 0}]
              logs: {whenFull: %s}
              template:
                protocol: Systemd
                readyWhen: Started
                command: [%s]
            """.formatted(OutputRun.WRITERS, whenFull, command);
    }
}
