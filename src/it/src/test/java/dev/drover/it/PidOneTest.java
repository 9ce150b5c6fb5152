package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.it.fixtures.Procs.Proc;
import dev.drover.protocol.control.v1.Worker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// As the first process of a pid namespace the master reaps, serves and stops as anywhere.
@Tag("slow")
class PidOneTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    private static final int ORPHANS = 2000;

    private static final int DEATHS = 8;

    /// A master that reaps one orphan for each look once a second would be behind by more.
    private static final Duration USUAL = Duration.ofSeconds(1);

    /// Whatever else the machine does.
    private static final Duration LONGEST = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    @Test
    void theMasterIsAGoodFirstProcess() {
        // given
        var pool = Pools.systemd(2, "python3", Pools.program("orphans.py"));
        var drover = drovers.runAsPidOne("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        drover.until(
                "the orphans to be reaped",
                () -> drover.stdout().contains("Worker ready worker=web-1.1")
                        && drover.zombies() == 0
                        && drover.descendants() == 3);

        // then
        assertThat(drover.stdout()).doesNotContain("Worker exited");
        drover.signalInside("TERM");
        assertThat(drover.awaitExit()).isZero();
    }

    /// As `podman stop` right after the start: nobody would tell it again. A program of the launcher is held.
    @ParameterizedTest
    @CsvSource({"TERM, 143", "INT, 130"})
    void whoIsToldToStopBeforeJavaRunsEnds(String signal, int code) throws Exception {
        // given
        var held = directory.resolve("base64");
        Files.writeString(held, """
                #!/bin/sh
                cd '%s'
                touch reached
                until [ -e released ]; do sleep 0.05; done
                exec /usr/bin/base64 "$@"
                """.formatted(directory));
        Files.setPosixFilePermissions(held, PosixFilePermissions.fromString("rwxr-xr-x"));
        var drover = drovers.runAsPidOne(Map.of("PATH", directory + ":" + System.getenv("PATH")));
        drover.until("the launcher to be held", () -> Files.exists(directory.resolve("reached")));

        // when
        drover.signalInside(signal);

        // then
        Files.createFile(directory.resolve("released"));
        assertThat(drover.awaitExit()).as(drover::dump).isEqualTo(code);
    }

    /// As `podman stop` a moment after the start, which would else take as long as the container's grace: the JVM has
    /// no handler yet, and nobody would tell it again.
    @ParameterizedTest
    @ValueSource(ints = {50, 100, 150, 200, 250, 300, 350, 400, 500, 700, 1000})
    void whoIsToldToStopWhileJavaStartsStops(int milliseconds) throws Exception {
        // given
        var drover = drovers.runAsPidOne();
        drover.until(
                "the launcher to run",
                () -> Procs.children(drover.pid()).stream()
                        .anyMatch(child -> !Procs.cmdline(child.pid()).startsWith("unshare")));

        // when the JVM has come so far: the moment is the case, and whichever it is the stop is not lost
        Thread.sleep(milliseconds);
        drover.signalInside("TERM");

        // then
        assertThat(drover.awaitExit()).as(drover::dump).isIn(0, 143);
    }

    /// Orphans end as fast as they can be made while a worker is killed again and again.
    @Test
    void anOrphanStormNeitherHidesTheDeathOfAWorkerNorIsTakenForOne() throws Exception {
        // given
        var stop = directory.resolve("stop");
        var storm = Pools.systemd(1, "sh", Pools.program("storm.sh"))
                .named("storm")
                .template("readyWhen: Started")
                .template("env: [{name: ORPHANS, value: '" + ORPHANS + "'}, {name: STOP, value: " + stop + "}]");
        // Ready by itself: what is killed is a worker that is ready, and so replaced at once.
        var web = Pools.systemd(2, "sleep", "1000").template("readyWhen: Started");
        var file = Files.writeString(directory.resolve("pools.yaml"), web.yaml() + "---\n" + storm.yaml());
        var drover = drovers.runAsPidOne("-f", file.toString());
        drover.awaitLog("storm begins");

        // when
        var kills = new ArrayList<Instant>();
        while (kills.size() < DEATHS) {
            drover.awaitLog("Worker ready worker=web-0." + (kills.size() + 1) + " ");
            kills.add(kill(drover));
            drover.awaitLog("Worker exited worker=web-0." + kills.size() + " ");
        }
        Files.createFile(stop);
        drover.awaitLog("storm is over");
        drover.until("every orphan to be reaped", () -> drover.zombies() == 0 && drover.descendants() == 4);

        // then
        try (var control = Control.of(drover)) {
            assertThat(control.workers())
                    .extracting(Worker::getName, Worker::getRestarts)
                    .containsExactly(tuple("storm-0", 0), tuple("web-0", kills.size()), tuple("web-1", 0));
        }
        assertThat(drover.stdout()).doesNotContain("exited with code 3", "exited with code 4");
        var delays = IntStream.range(0, kills.size())
                .mapToObj(i -> Duration.between(kills.get(i), seen(drover, i + 1)))
                .sorted()
                .toList();
        assertThat(delays.get(delays.size() / 2)).as("median of %s", delays).isLessThan(USUAL);
        assertThat(delays.getLast()).as("last of %s", delays).isLessThan(LONGEST);
        drover.signalInside("TERM");
        assertThat(drover.awaitExit()).isZero();
    }

    /// Kills the process of web-0.
    ///
    /// @return a moment before that
    private static Instant kill(DroverProcess drover) {
        var before = new ArrayList<Instant>();
        // While it becomes another program it has no environment.
        drover.until(
                "the process of web-0",
                () -> victim(drover)
                        .flatMap(found -> ProcessHandle.of(found.pid()))
                        .filter(found ->
                                before.add(Instant.now().truncatedTo(ChronoUnit.MILLIS)) && found.destroyForcibly())
                        .isPresent());
        return before.getLast();
    }

    private static Optional<Proc> victim(DroverProcess drover) {
        return Procs.children(drover.pid()).stream()
                .flatMap(master -> Procs.children(master.pid()).stream())
                .filter(child -> "web-0".equals(Procs.environment(child.pid()).get("DROVER_WORKER")))
                .findFirst();
    }

    /// When the master has seen the death of that incarnation, as its log tells.
    private static Instant seen(DroverProcess drover, int incarnation) {
        return drover.stdout()
                .lines()
                .filter(line -> line.contains("Worker exited worker=web-0." + incarnation + " "))
                .map(line -> Instant.parse(line.substring(0, line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }
}
