package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Fifo;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Eight workers that write as fast as they can: more than 100 000 lines a second together.
@Tag("slow")
@Timeout(120)
class FloodTest {
    private static final int WORKERS = 8;
    private static final int NUMBERS = 40_000;
    private static final int MAX_LINE_BYTES = 4096;

    /// What the master may hold more than before: lines on their way and kept lines, and what the collector leaves of
    /// those before.
    private static final double GROWTH_MIB = 64;

    private static final Pattern MARKER = Pattern.compile("\\.\\.\\. (\\d+) lines? dropped");

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// The first incarnations wait for a file, write numbers, a line as long as one may be, and one without an end, and
    /// die; the next ones are silent.
    private Path pool(String whenFull) {
        return Pools.systemd(
                        WORKERS,
                        "sh",
                        "-c",
                        "[ $DROVER_INCARNATION = 1 ] || exec sleep 1000; until [ -e " + go()
                                + " ]; do sleep 0.1; done; seq "
                                + NUMBERS + "; head -c " + MAX_LINE_BYTES
                                + " /dev/zero | tr \"\\0\" x; echo; printf \"last words\"; kill -9 $$")
                .template("readyWhen: Started")
                .spec("logs: {tailLines: 3, maxLineBytes: " + MAX_LINE_BYTES + ", whenFull: " + whenFull + "}")
                .write(directory);
    }

    private Path go() {
        return directory.resolve("go");
    }

    private static List<String> written() {
        return Stream.concat(
                        IntStream.rangeClosed(1, NUMBERS).mapToObj(Integer::toString),
                        lastLines().stream().skip(1))
                .toList();
    }

    private static List<String> lastLines() {
        return List.of(Integer.toString(NUMBERS), "x".repeat(MAX_LINE_BYTES), "last words");
    }

    private static Control control(DroverProcess drover) {
        drover.until(
                "the control socket", () -> Files.exists(drover.runDirectory().resolve("control/control.sock")));
        return Control.of(drover);
    }

    private static void awaitWorkers(DroverProcess drover, Control control, Predicate<Worker> which) {
        drover.until(
                "all workers to be so",
                () -> control.workers().stream()
                                .filter(worker -> worker.getState() == WorkerState.WORKER_STATE_READY)
                                .filter(which)
                                .count()
                        == WORKERS);
    }

    private static Map<String, List<String>> byWorker(Stream<String> lines) {
        var found = new HashMap<String, List<String>>();
        lines.forEach(line -> {
            var parts = line.split(" \\| ", 2);
            if (parts.length == 2) {
                found.computeIfAbsent(parts[0], _ -> new ArrayList<>()).add(parts[1]);
            }
        });
        return found;
    }

    @Test
    void whoMayBlockLosesNothing() throws Exception {
        // given
        var drover = drovers.run("-f", pool("Block").toString());
        try (var control = control(drover)) {
            awaitWorkers(drover, control, worker -> worker.getIncarnation() == 1);

            // when
            Files.createFile(go());
            awaitWorkers(drover, control, worker -> worker.getIncarnation() == 2);
            drover.until(
                    "the last words of all",
                    () -> Pattern.compile(" \\| last words\n")
                                    .matcher(drover.stdout())
                                    .results()
                                    .count()
                            == WORKERS);
        }

        // then
        var lines = byWorker(drover.stdout().lines());
        for (int ordinal = 0; ordinal < WORKERS; ordinal++) {
            assertThat(lines.get("web-" + ordinal).equals(written()))
                    .as("every line of web-%d, in order", ordinal)
                    .isTrue();
        }
    }

    @Test
    void nobodyIsHeldUpAndNothingGrowsWhereLinesMayBeDropped() throws Exception {
        try (var out = Fifo.in(directory)) {
            // given
            var drover = drovers.runInto(out, "-f", pool("Drop").toString());
            double growth;
            try (var control = control(drover)) {
                awaitWorkers(drover, control, worker -> worker.getIncarnation() == 1);
                double before = Procs.memoryMiB(drover.pid(), "VmRSS");

                // when
                Files.createFile(go());
                awaitWorkers(drover, control, worker -> worker.getIncarnation() == 2);
                growth = Procs.memoryMiB(drover.pid(), "VmHWM") - before;
            }

            // then
            var last = drover(drover, "logs", "web", "--previous").out().lines().toList();
            for (int ordinal = 0; ordinal < WORKERS; ordinal++) {
                var prefix = "[web-" + ordinal + "] ";
                assertThat(last.stream().filter(line -> line.startsWith(prefix)))
                        .containsExactlyElementsOf(
                                lastLines().stream().map(prefix::concat).toList());
            }
            var told = new HashMap<String, Account>();
            while (told.size() < WORKERS || !told.values().stream().allMatch(Account::isWhole)) {
                byWorker(out.read().stream()).forEach((worker, lines) -> {
                    var account = told.computeIfAbsent(worker, _ -> new Account());
                    lines.forEach(account::add);
                });
            }
            assertThat(told.values().stream()
                            .mapToInt(account -> account.dropped)
                            .sum())
                    .isPositive();
            assertThat(growth).as("MiB more").isLessThan(GROWTH_MIB);
        }
    }

    /// What is told of a worker: a line, or in its place a marker that counts it.
    private static final class Account {
        private final List<String> expected = written();
        private int next;
        private int dropped;

        void add(String line) {
            var marker = MARKER.matcher(line);
            if (marker.matches()) {
                next += Integer.parseInt(marker.group(1));
                dropped += Integer.parseInt(marker.group(1));
            } else {
                assertThat(line).isEqualTo(expected.get(next++));
            }
        }

        boolean isWhole() {
            return next == expected.size();
        }
    }
}
