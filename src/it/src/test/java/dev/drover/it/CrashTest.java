package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Connections;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Workers die; no client is refused.
@Tag("slow")
class CrashTest {
    private static final int CLIENTS = 8;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool, int workers) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), workers);
        return drover;
    }

    @Test
    void nobodyIsRefusedWhileWorkersAreKilledUnderLoad() throws Exception {
        // given
        var pool = Pools.hello(4);
        var drover = serve(pool, 4);
        var random = new Random(42);

        // when
        int kills = 8;
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(CLIENTS).duration(Load.ENDLESS))) {
            for (int i = 0; i < kills; i++) {
                load.awaitAnswers(500, DroverProcess.PATIENCE);
                var workers = drover.workers();
                var victim = workers.get(random.nextInt(workers.size()));
                Procs.signal(victim.pid(), "KILL");
                drover.until(
                        "a replacement of " + victim,
                        () -> drover.workers().stream()
                                .anyMatch(worker -> worker.worker().equals(victim.worker())
                                        && worker.incarnation() > victim.incarnation()));
            }
            load.awaitAnswers(500, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures().keySet())
                    .as("only what was in a killed worker's hands may fail: %s", result.firstFailures())
                    .isSubsetOf(FailureKind.IN_HAND);
            assertThat(result.failed()).isLessThanOrEqualTo((long) kills * CLIENTS);
        }
    }

    @Test
    void nobodyIsRefusedWhileARandomWorkerIsKilledEverySecond() throws Exception {
        // given
        var pool = Pools.hello(4);
        var drover = serve(pool, 4);
        var random = new Random(7);
        var kills = new AtomicInteger();

        // when
        try (var load = Loader.start(
                        Load.keepAlive(pool.address()).clients(CLIENTS).duration(Load.ENDLESS));
                var clock = Executors.newSingleThreadScheduledExecutor()) {
            load.awaitAnswers(500, DroverProcess.PATIENCE);
            var killing = clock.scheduleAtFixedRate(
                    () -> {
                        var workers = drover.workers();
                        if (!workers.isEmpty()) {
                            Procs.signal(
                                    workers.get(random.nextInt(workers.size())).pid(), "KILL");
                            kills.incrementAndGet();
                        }
                    },
                    0,
                    1,
                    TimeUnit.SECONDS);
            drover.until("twenty kills", () -> kills.get() >= 20);
            killing.cancel(false);
            load.awaitAnswers(500, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures().keySet())
                    .as("only what was in a killed worker's hands may fail: %s", result.firstFailures())
                    .isSubsetOf(FailureKind.IN_HAND);
        }
    }

    @Test
    void connectionsQueuedOnStoppedWorkersAreAnsweredByTheReplacements() throws Exception {
        // given
        var pool = Pools.hello(4);
        var drover = serve(pool, 4);
        var stopped = drover.workers();
        stopped.forEach(worker -> Procs.stop(worker.pid()));

        // when
        try (var connections = Connections.open(pool.address(), 200)) {
            stopped.forEach(worker -> Procs.signal(worker.pid(), "KILL"));
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(200);
            assertThat(result.answersByPid().keySet())
                    .doesNotContainAnyElementsOf(
                            stopped.stream().map(DroverProcess.Worker::pid).toList());
        }
    }

    @Test
    void connectionsQueuedOnOneStoppedWorkerOfFourAreAllAnswered() throws Exception {
        // given
        var pool = Pools.hello(4);
        var drover = serve(pool, 4);
        var stopped = drover.workers().get(2);
        Procs.stop(stopped.pid());

        // when
        try (var connections = Connections.open(pool.address(), 200)) {
            drover.until("the others to have answered theirs", () -> queuedOnlyOn(stopped, drover));
            Procs.signal(stopped.pid(), "KILL");
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(200);
        }
    }

    private static boolean queuedOnlyOn(DroverProcess.Worker stopped, DroverProcess drover) {
        try (var control = dev.drover.it.fixtures.Control.of(drover)) {
            return control.workers().stream()
                    .filter(worker -> worker.getPid() != stopped.pid())
                    .flatMap(worker -> worker.getLeasesList().stream())
                    .allMatch(lease -> lease.getQueued() == 0);
        }
    }

    @Test
    void allWorkersKilledAgainAndAgainLeaveNothingBehind() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = serve(pool, 2);
        int before = drover.descriptorsWithSessions(2);

        // when
        for (int round = 0; round < 10; round++) {
            var victims = drover.workers();
            victims.forEach(worker -> Procs.signal(worker.pid(), "KILL"));
            drover.until("two new workers", () -> {
                var pids =
                        drover.workers().stream().map(DroverProcess.Worker::pid).toList();
                return pids.size() == 2 && victims.stream().noneMatch(worker -> pids.contains(worker.pid()));
            });
            drover.awaitReady(pool.address(), 2);
        }

        // then
        assertThat(Loader.run(Load.keepAlive(pool.address()).requests(100)).failed())
                .isZero();
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
        assertThat(Procs.children(drover.pid())).noneMatch(Procs.Proc::isZombie);
    }

    @Test
    void aReplacementServesSoonAfterTheOnlyWorkerWasKilled() throws Exception {
        // given
        var pool = Pools.hello(1);
        var drover = serve(pool, 1);

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");
        var result = Loader.run(
                Load.perConnection(pool.address()).requests(5).timeouts(Duration.ofSeconds(5), DroverProcess.PATIENCE));

        // then
        assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        assertThat(List.copyOf(result.answersByPid().keySet()))
                .containsExactly(drover.workers().getFirst().pid());
    }
}
