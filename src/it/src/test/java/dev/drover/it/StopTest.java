package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Connections;
import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.it.fixtures.Waits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The master stops, or is killed; what was accepted is answered and nothing is left.
@Tag("slow")
class StopTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void whatWasAcceptedIsAnsweredWhenTheMasterIsToldToStopUnderLoad() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        try (var keepAlive =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS));
                var perConnection = Loader.start(
                        Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            keepAlive.awaitAnswers(500, DroverProcess.PATIENCE);
            perConnection.awaitAnswers(500, DroverProcess.PATIENCE);
            drover.signal("TERM");
            int code = drover.awaitExit();

            // then
            assertThat(code).isZero();
            assertThat(List.of(keepAlive.stop(), perConnection.stop()))
                    .allSatisfy(result -> assertThat(result.failures().keySet())
                            .as("only who comes when the port is closed finds nobody: %s", result.firstFailures())
                            .isSubsetOf(FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT));
        }
    }

    @Test
    void connectionsThatWaitInTheQueueAreAnsweredBeforeTheEnd() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        var workers = drover.workers();
        workers.forEach(worker -> Procs.stop(worker.pid()));

        // when
        try (var connections = Connections.open(pool.address(), 100)) {
            drover.signal("TERM");
            drover.awaitLog("no further connection is let in");
            workers.forEach(worker -> Procs.signal(worker.pid(), "CONT"));
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(drover.awaitExit()).isZero();
        }
    }

    @Test
    void aWorkerThatIgnoresItsStopSignalIsKilledWhenTheGraceEnds() {
        // given
        var pool = Pools.systemd(1, "python3", Pools.program("serve.py"))
                .template("env: [{name: IGNORE_TERM, value: 'yes'}]")
                .spec("terminationGracePeriodSeconds: 1");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when
        drover.signal("TERM");

        // then
        assertThat(drover.awaitExit()).isEqualTo(1);
    }

    @Test
    void aSecondSignalHastensAndAThirdKills() {
        // given
        var pool = Pools.systemd(1, "python3", Pools.program("serve.py"))
                .template("env: [{name: IGNORE_TERM, value: 'yes'}]");
        var drover = drovers.run("-f", pool.write(directory).toString(), "--lame-duck", "600");
        drover.awaitReady(pool.address(), 1);

        // when
        drover.signal("TERM");
        drover.awaitLog("Stop begins");
        drover.signal("INT");
        drover.awaitLog("workers are told to stop");
        drover.signal("INT");

        // then
        assertThat(drover.awaitExit()).isEqualTo(1);
    }

    @Test
    void theStopCallStopsAsTheSignalDoes() {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when
        try (var control = Control.of(drover)) {
            control.stop();
        }

        // then
        assertThat(drover.awaitExit()).isZero();
    }

    @Test
    void noForkedWorkerOutlivesAKilledMasterAndTheNextOneCleansUp() throws Exception {
        // given
        var pool = Pools.hello(2);
        var foreign = Pools.systemd(2, "python3", Pools.program("serve.py"));
        Files.writeString(directory.resolve("b.yaml"), foreign.yaml().replace("name: web", "name: api"));
        pool.write(directory);
        var drover = drovers.run("-f", directory.toString());
        drover.awaitReady(pool.address(), 2);
        drover.awaitReady(foreign.address(), 2);
        var workers = drover.workers();
        assertThat(workers).hasSize(4);

        // when
        drover.signal("KILL");
        drover.awaitExit();

        // then
        Waits.until(
                "the workers to be gone",
                () -> workers.stream()
                        .noneMatch(worker -> Procs.of(worker.pid())
                                .filter(process -> !process.isZombie())
                                .isPresent()),
                Duration.ofSeconds(1),
                drover::dump);
        assertThat(drover.runDirectory().resolve("attach/handles.sock")).exists();
        var next = drovers.run(
                java.util.Map.of("DROVER_RUN_DIR", drover.runDirectory().toString()), "-f", directory.toString());
        next.awaitReady(pool.address(), 2);
        next.stop();
        assertThat(drover.runDirectory().resolve("attach/handles.sock")).doesNotExist();
    }

    @Test
    void whatHadLeftItsProcessGroupIsCleanedUpByTheNextMaster() {
        // given: a grandchild that no guard knows holds the listener, and the guard cannot act at once
        var script = "(setsid sleep 1000 &); exec python3 " + Pools.program("serve.py");
        var pool = Pools.systemd(1, "bash", "-c", script);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);
        var guard = Procs.children(drover.pid()).stream()
                .filter(child -> Procs.cmdline(child.pid()).startsWith("/bin/sh -c"))
                .findFirst()
                .orElseThrow();
        Procs.stop(guard.pid());
        drover.signal("KILL");
        drover.awaitExit();

        // when
        var next = drovers.run(
                java.util.Map.of("DROVER_RUN_DIR", drover.runDirectory().toString()),
                "-f",
                pool.write(directory).toString());
        next.awaitReady(pool.address(), 1);

        // then
        assertThat(next.stdout())
                .contains("Process of a killed master found and killed")
                .doesNotContain("lives on");
        next.stop();
    }

    @Test
    void aMasterThatIsToldToStopWhileItStartsEndsQuietly() {
        // given
        var pool = Pools.hello(1);
        for (int round = 0; round < 4; round++) {
            var drover = drovers.run("-f", pool.write(directory).toString());
            int wanted = round;
            drover.until(
                    "its run directory",
                    () -> wanted < 2
                            ? Files.exists(drover.runDirectory().resolve("attach/handles.sock"))
                            : Files.exists(drover.runDirectory().resolve("control/control.sock")));

            // when
            drover.signal("HUP");
            drover.signal("TTIN");
            drover.signal("TERM");

            // then
            assertThat(drover.awaitExit()).isZero();
            assertThat(drover.stderr()).isEmpty();
        }
    }
}
