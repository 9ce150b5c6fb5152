package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.LoadResult;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Workers hang, fail their probes, or only seem to: found, or left alone, as they should be.
@Tag("slow")
class HealthTest {
    private static final int CLIENTS = 8;

    /// Who waits in the queue of one that hangs gets the successor's answer.
    private static final Duration PATIENT = Duration.ofSeconds(60);

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool, int workers) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), workers);
        // While nobody is ready, those that start may answer: that they do says nothing of their probes.
        for (int ordinal = 0; ordinal < workers; ordinal++) {
            drover.awaitLog("Worker ready worker=web-" + ordinal + ".1 ");
        }
        return drover;
    }

    private Pools healthy(int workers, String... probes) {
        var pool = Pools.systemd(workers, "python3", Pools.program("health.py"))
                .template("env: [{name: HEALTH_DIR, value: '" + directory + "'}]");
        Stream.of(probes).forEach(pool::template);
        return pool;
    }

    private void mark(String mark) throws IOException {
        Files.createFile(directory.resolve(mark));
    }

    private static Worker worker(Control control, String name) {
        return control.workers().stream()
                .filter(worker -> worker.getName().equals(name))
                .max((a, b) -> Integer.compare(a.getIncarnation(), b.getIncarnation()))
                .orElseThrow();
    }

    private static void untilReplaced(DroverProcess drover, Control control, String name) {
        drover.until("a successor of " + name + " that is ready", () -> {
            var worker = worker(control, name);
            return worker.getIncarnation() == 2 && worker.getState() == WorkerState.WORKER_STATE_READY;
        });
    }

    /// Nobody but who was in the hands of one worker: each client has one request.
    private static void assertOnlyInItsHands(LoadResult result) {
        assertThat(result.failures().keySet())
                .as("only what was in a killed worker's hands may fail: %s", result.firstFailures())
                .isSubsetOf(FailureKind.IN_HAND);
        assertThat(result.failed()).isLessThanOrEqualTo(CLIENTS);
    }

    @Test
    void aStoppedWorkerIsMissedByItsHeartbeatAndReplaced() throws Exception {
        // given
        var pool = Pools.hello(4);
        var drover = serve(pool, 4);
        drover.descriptorsWithSessions(4);
        var victim = drover.workers().get(1);
        try (var control = Control.of(drover);
                var load = Loader.start(Load.perConnection(pool.address())
                        .clients(CLIENTS)
                        .timeouts(PATIENT, PATIENT)
                        .duration(Load.ENDLESS))) {
            load.awaitAnswers(200, DroverProcess.PATIENCE);

            // when
            long stopped = System.nanoTime();
            Procs.stop(victim.pid());
            drover.awaitLog("Worker unhealthy worker=web-1.1: no heartbeat for 1");
            var found = Duration.ofNanos(System.nanoTime() - stopped);
            untilReplaced(drover, control, "web-1");
            load.awaitAnswers(200, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            // Ten seconds from its last sign of life, which may be a second and more old when it is stopped.
            assertThat(found).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(20));
            assertThat(worker(control, "web-1").getLastExit().getMessage())
                    .startsWith("killed by SIGKILL: no heartbeat for 1");
            assertOnlyInItsHands(result);
        }
    }

    @Test
    void aDeadlockedJvmIsReplacedAndItsThreadsAreInItsLog() throws Exception {
        // given
        var drover = drovers.run("-f", Pools.hanging(1).write(directory).toString());
        drover.awaitLog("started in");
        try (var control = Control.of(drover)) {
            drover.until("a session", () -> worker(control, "web-0").hasSession());

            // when
            assertThat(drover(drover, "send", "web-0", "--data", "hang").code()).isZero();
            untilReplaced(drover, control, "web-0");
            // Its successor is ready while it still writes.
            drover.awaitLog("killed by SIGKILL: no heartbeat for 1");

            // then
            assertThat(drover.stdout() + drover.stderr())
                    .contains("Found one Java-level deadlock")
                    .contains("\"the-loop\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "::", "0.0.0.0"})
    void exactlyTheWorkerThatIsNotReadyGetsNoConnectionUntilItIs(String host) throws Exception {
        // given
        var pool = healthy(4, "readinessProbe: {httpGet: {path: /ready, port: http}, periodSeconds: 1}")
                .host(host);
        var drover = serve(pool, 4);
        try (var control = Control.of(drover)) {
            for (var name : List.of("web-2", "web-0", "web-3")) {
                // when
                mark("unready-" + name);
                try (var load = Loader.start(
                        Load.perConnection(pool.address()).clients(CLIENTS).duration(Load.ENDLESS))) {
                    drover.until(
                            name + " to be found",
                            () -> worker(control, name).getState() == WorkerState.WORKER_STATE_UNREADY);
                    load.awaitAnswers(500, DroverProcess.PATIENCE);
                    var while_ = load.stop();

                    // then
                    assertThat(while_.failed()).as("%s", while_.firstFailures()).isZero();
                }
                assertThat(worker(control, name).getUnhealthy()).isEqualTo("readiness probe failed: HTTP 500");
                assertThat(control.workers())
                        .filteredOn(worker -> worker.getState() != WorkerState.WORKER_STATE_READY)
                        .extracting(Worker::getName)
                        .containsExactly(name);
                var pid = worker(control, name).getPid();
                assertThat(Loader.run(Load.perConnection(pool.address()).requests(200))
                                .answersByPid())
                        .doesNotContainKey((long) pid)
                        .hasSize(3);
                Files.delete(directory.resolve("unready-" + name));
                drover.until(
                        name + " to be back", () -> worker(control, name).getState() == WorkerState.WORKER_STATE_READY);
                assertThat(worker(control, name).getIncarnation()).isOne();
            }
        }
    }

    @Test
    void aWorkerThatFailsItsLivenessProbeIsReplaced() throws Exception {
        // given
        var pool = healthy(
                3, "livenessProbe: {httpGet: {path: /alive, port: http}, periodSeconds: 1, failureThreshold: 2}");
        var drover = serve(pool, 3);
        try (var control = Control.of(drover);
                var load = Loader.start(
                        Load.perConnection(pool.address()).clients(CLIENTS).duration(Load.ENDLESS))) {
            // when
            mark("dead-web-1");
            drover.until(
                    "web-1 to be killed",
                    () -> worker(control, "web-1").getLastExit().hasSignal());
            Files.delete(directory.resolve("dead-web-1"));
            drover.until(
                    "web-1 to be ready", () -> worker(control, "web-1").getState() == WorkerState.WORKER_STATE_READY);
            var result = load.stop();

            // then
            assertThat(worker(control, "web-1").getLastExit().getMessage())
                    .isEqualTo("killed by SIGKILL: liveness probe failed: HTTP 500");
            assertThat(worker(control, "web-0").getIncarnation()).isOne();
            assertThat(worker(control, "web-2").getIncarnation()).isOne();
            assertOnlyInItsHands(result);
        }
    }

    @Test
    void aWorkerThatGivesNoAnswerAndOneWhoseWatchdogRunsOutAreReplaced() throws Exception {
        // given
        var silent = healthy(
                2, "livenessProbe: {httpGet: {path: /alive, port: http}, periodSeconds: 1, failureThreshold: 2}");
        var watched = healthy(2, "livenessProbe: {session: {}, periodSeconds: 2, failureThreshold: 2}")
                .named("dog");
        var first = Files.createDirectory(directory.resolve("a"));
        var second = Files.createDirectory(directory.resolve("b"));
        var drover = drovers.run(
                "-f",
                silent.write(first).toString(),
                "-f",
                watched.write(second).toString());
        drover.awaitReady(silent.address(), 2);
        drover.awaitReady(watched.address(), 2);
        try (var control = Control.of(drover)) {
            // when
            mark("silent-web-0");
            mark("silent-dog-1");
            drover.until(
                    "both to be killed",
                    () -> worker(control, "web-0").getLastExit().hasSignal()
                            && worker(control, "dog-1").getLastExit().hasSignal());

            // then
            assertThat(worker(control, "web-0").getLastExit().getMessage())
                    .isEqualTo("killed by SIGKILL: liveness probe failed: no answer within 1 s");
            assertThat(worker(control, "dog-1").getLastExit().getMessage())
                    .contains("liveness probe failed: no heartbeat for");
            assertThat(worker(control, "web-1").getIncarnation()).isOne();
            assertThat(worker(control, "dog-0").getIncarnation()).isOne();
        }
    }

    @Test
    void commandsDecideToo() throws Exception {
        // given
        var ask = "{exec: {command: [sh, -c, 'test ! -e \"$HEALTH_DIR/sick-$DROVER_WORKER\" || { echo It is sick; "
                + "exit 3; }; test -z \"$DROVER_TOKEN$NOTIFY_SOCKET\"']}, periodSeconds: 1, failureThreshold: 1}";
        var pool = healthy(2, "readinessProbe: " + ask, "readyWhen: Notified");
        var drover = serve(pool, 2);
        try (var control = Control.of(drover)) {
            // when
            mark("sick-web-1");
            drover.until(
                    "web-1 to be found", () -> worker(control, "web-1").getState() == WorkerState.WORKER_STATE_UNREADY);

            // then
            assertThat(worker(control, "web-1").getUnhealthy())
                    .isEqualTo("readiness probe failed: the command exited with code 3, it said: It is sick");
            assertThat(worker(control, "web-0").getState()).isEqualTo(WorkerState.WORKER_STATE_READY);
        }
    }

    @Test
    void aWorkerThatIsStillStartingIsAskedNothingElse() throws Exception {
        // given
        mark("dead-web-0");
        mark("starting");
        var startup = "startupProbe: {exec: {command: [sh, -c, 'test ! -e \"$HEALTH_DIR/starting\"']}, "
                + "periodSeconds: 1, failureThreshold: 30}";
        var pool = healthy(
                1,
                startup,
                "livenessProbe: {httpGet: {path: /alive, port: http}, periodSeconds: 1, failureThreshold: 1}");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitLog("started in");
        try (var control = Control.of(drover)) {
            drover.until(
                    "its startup probe to have failed",
                    () -> worker(control, "web-0").getUnhealthy().startsWith("startup probe failed"));
            assertThat(worker(control, "web-0").getState()).isEqualTo(WorkerState.WORKER_STATE_STARTING);

            // when
            Files.delete(directory.resolve("starting"));
            drover.until(
                    "its liveness probe to have it killed",
                    () -> worker(control, "web-0").getLastExit().hasSignal());

            // then
            assertThat(worker(control, "web-0").getLastExit().getMessage()).contains("liveness probe failed: HTTP 500");
        }
    }

    @Test
    void aLongRequestAStalledDiskAndIdleClientsAreNoHang() throws Exception {
        // given
        assertThat(new ProcessBuilder("mkfifo", directory.resolve("stuck").toString())
                        .start()
                        .waitFor())
                .isZero();
        var probe = "{httpGet: {path: /alive, port: http}, periodSeconds: 1, failureThreshold: 2}";
        var pool = healthy(2, "readinessProbe: " + probe, "livenessProbe: " + probe);
        var drover = serve(pool, 2);
        var open = new ArrayList<Socket>();
        try (var control = Control.of(drover)) {
            // when
            for (int i = 0; i < 8; i++) {
                open.add(connect(pool, ""));
                open.add(connect(pool, "GET /stuck HTTP/1.1\r\n\r\n"));
            }
            var slow = connect(pool, "GET /slow?seconds=60 HTTP/1.1\r\n\r\n");
            open.add(slow);
            slow.setSoTimeout((int) Duration.ofSeconds(90).toMillis());
            var answer = new String(slow.getInputStream().readNBytes(12), java.nio.charset.StandardCharsets.US_ASCII);

            // then
            assertThat(answer).isEqualTo("HTTP/1.1 200");
            assertThat(control.workers())
                    .allMatch(worker ->
                            worker.getIncarnation() == 1 && worker.getState() == WorkerState.WORKER_STATE_READY);
            assertThat(drover.stderr()).doesNotContain("Worker unhealthy");
        } finally {
            for (var socket : open) {
                socket.close();
            }
        }
    }

    private static Socket connect(Pools pool, String request) throws IOException {
        var socket = new Socket(pool.address().getAddress(), pool.address().getPort());
        socket.getOutputStream().write(request.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void aMasterThatStoodStillKillsNobody() throws Exception {
        // given
        var pool = Pools.hello(2)
                .template("livenessProbe: {session: {}, periodSeconds: 1, failureThreshold: 1}")
                .template("readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1, failureThreshold: 1}");
        var drover = serve(pool, 2);
        drover.descriptorsWithSessions(2);
        var before = drover.workers();

        // when
        before.forEach(worker -> Procs.stop(worker.pid()));
        Procs.stop(drover.pid());
        // Longer than any silence that kills: nothing happens that could be waited for.
        assertThat(new ProcessBuilder("sleep", "15").start().waitFor()).isZero();
        Procs.signal(drover.pid(), "CONT");
        before.forEach(worker -> Procs.signal(worker.pid(), "CONT"));

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).duration(Duration.ofSeconds(5)))
                        .failed())
                .isZero();
        assertThat(drover.workers()).isEqualTo(before);
        assertThat(drover.stderr()).doesNotContain("Worker unhealthy");
    }
}
