package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A bad revision is given up, told, and touches nobody who serves.
@Tag("slow")
class RolloutTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// The process that ends the workers of a killed master.
    private static final int GUARD = 1;

    /// @param name what is wrong with it
    /// @param command of its workers
    /// @param seen what the failure tells
    record Bad(String name, List<String> command, String seen) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                new Bad("exits", List.of("sh", "-c", "exit 3"), "exited with code 3"),
                new Bad("is never ready", List.of("sleep", "1000"), "Not ready: web-0.2."),
                new Bad("cannot be started", List.of("/no/such/program"), "could not be started: "));
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadRevisionTouchesNobodyAndIsTold(Bad bad) throws Exception {
        // given
        var good = Pools.hello(2).spec("progressDeadlineSeconds: 5");
        var drover = drovers.run("-f", good.write(directory).toString());
        drover.awaitReady(good.address(), 2);
        var before = drover.workers();

        // when
        try (var control = Control.of(drover);
                var load =
                        Loader.start(Load.keepAlive(good.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            good.command(bad.command().toArray(String[]::new)).write(directory);
            drover.signal("HUP");
            drover.awaitLog("Rollout failed pool=web: No worker of revision 2 became available for 5 s; 0 of 2 are.");

            // then
            assertThat(drover.stdout()).contains(bad.seen());
            drover.until("the old workers and no other", () -> drover.workers().equals(before));
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            assertThat(load.soFar().failures()).isEmpty();
            DroverProcess.Worker victim = before.getFirst();
            Procs.signal(victim.pid(), "KILL");
            drover.until(
                    "a worker of the good revision in the place of a dead one",
                    () -> control.workers().stream()
                            .anyMatch(worker -> worker.getName().equals(victim.worker())
                                    && worker.getState() == WorkerState.WORKER_STATE_READY
                                    && worker.getRevision() == 1
                                    && worker.getPid() != victim.pid()));
            load.awaitAnswers(100, DroverProcess.PATIENCE);
        }
    }

    @Test
    void aRevisionThatMakesItselfADaemonFailsAndLeavesNothing() throws Exception {
        // given
        var pool = Pools.systemd(2, "python3", Pools.program("serve.py")).spec("progressDeadlineSeconds: 3");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        var before = drover.workers();

        // when
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            pool.command("python3", Pools.program("daemon.py")).write(directory);
            drover.signal("HUP");
            drover.awaitLog("Rollout failed pool=web");

            // then
            drover.until(
                    "the old workers and no other process",
                    () -> drover.workers().equals(before) && drover.descendants() == before.size() + GUARD);
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(drover.stdout()).contains("Process of a dead worker killed");
        }
    }

    @ParameterizedTest
    @CsvSource({"25%, 25%, 10, 6", "0, 25%, 8, 6", "50%, 0, 12, 8"})
    void theStrategyIsKeptWithPercentages(String surge, String unavailable, int allowed, int needed) throws Exception {
        // given
        var pool = Pools.systemd(8, "python3", Pools.program("serve.py"))
                .spec("strategy: {rollingUpdate: {maxSurge: " + surge + ", maxUnavailable: " + unavailable + "}}");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 8);

        // when
        pool.template("env: [{name: VERSION, value: two}]").write(directory);
        drover.signal("HUP");

        // then
        int most = 0;
        int fewest = 8;
        try (var control = Control.of(drover)) {
            while (!drover.stdout().contains("Rollout complete pool=web revision=2")) {
                var workers = control.workers();
                most = Math.max(most, workers.size());
                fewest = Math.min(fewest, ready(workers));
                assertThat(drover.isAlive()).isTrue();
            }
        }
        assertThat(most).isLessThanOrEqualTo(allowed);
        assertThat(fewest).isGreaterThanOrEqualTo(needed);
        assertThat(most > 8 || fewest < 8).as("one by one").isTrue();
    }

    private static int ready(List<Worker> workers) {
        return (int) workers.stream()
                .filter(worker -> worker.getState() == WorkerState.WORKER_STATE_READY)
                .count();
    }

    @Test
    void slowWorkersAreWaitedFor() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        try (var control = Control.of(drover);
                var load = Loader.start(Load.perConnection(pool.address())
                        .clients(4)
                        .duration(Load.ENDLESS)
                        .rate(200))) {
            pool.template("env: [{name: HELLO_STARTUP_DELAY_MS, value: '10000'}]")
                    .write(directory);
            drover.signal("HUP");
            int fewest = 2;
            while (!drover.stdout().contains("Rollout complete pool=web revision=2")) {
                fewest = Math.min(fewest, ready(control.workers()));
                assertThat(drover.isAlive()).isTrue();
            }

            // then
            assertThat(fewest).isEqualTo(2);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    @Test
    void aFailureIsRolledBackWhereThatIsWanted() throws Exception {
        // given
        var pool = Pools.hello(1).spec("progressDeadlineSeconds: 5").spec("rollbackOnFailure: true");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);
        var before = drover.workers();

        // when
        pool.command("sleep", "1000").write(directory);
        drover.signal("HUP");
        drover.awaitLog("Rollout complete pool=web revision=3");

        // then
        assertThat(drover.workers()).isEqualTo(before);
        assertThat(drover.stdout()).contains("reason=RolledBack");
    }
}
