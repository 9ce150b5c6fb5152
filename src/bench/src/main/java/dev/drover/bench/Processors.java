package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Which processors programs may use: taskset(1).
final class Processors {
    private static final Duration BOUND = Duration.ofSeconds(10);
    private static final String ALLOWED = "Cpus_allowed_list:";

    private Processors() {}

    /// The numbers of those that this process may use.
    static List<Integer> allowed() throws IOException {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            var list =
                    lines.filter(line -> line.startsWith(ALLOWED)).findFirst().orElseThrow();
            return Arrays.stream(list.substring(ALLOWED.length()).strip().split(","))
                    .flatMapToInt(Processors::range)
                    .boxed()
                    .toList();
        }
    }

    /// `3`, or `0-3`.
    private static IntStream range(String text) {
        var ends = text.split("-", 2);
        return IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    }

    /// The command that runs another there.
    static List<String> on(int processor) {
        return List.of(Commands.need("taskset", "util-linux").toString(), "-c", Integer.toString(processor));
    }

    /// Moves a process there, with its threads and its children.
    static void confine(ProcessHandle process, List<Integer> processors) throws IOException, InterruptedException {
        var numbers = String.join(",", processors.stream().map(String::valueOf).toList());
        for (var one : Stream.concat(Stream.of(process), process.descendants()).toList()) {
            Commands.run(
                    BOUND,
                    List.of(
                            Commands.need("taskset", "util-linux").toString(),
                            "-a",
                            "-p",
                            "-c",
                            numbers,
                            Long.toString(one.pid())));
        }
    }
}
