package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.it.fixtures.Connections;
import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.NodeCluster;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.it.fixtures.Waits;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Workers that were given a connection die, hang or leave; the client is answered all the same.
@Tag("slow")
class DispatchFailureTest {
    private static final String DISPATCHED = "distribution: {mode: Dispatched}";

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool, int workers) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), workers);
        return drover;
    }

    /// A client with its request written, whose connection is in the hands of the server.
    private static Socket client(InetSocketAddress target) throws IOException {
        var socket = new Socket();
        socket.connect(target);
        socket.getOutputStream()
                .write("GET /?id=7 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static String answer(Socket socket, Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void whatNodeLosesWithAWorkerThatDiesIsAnswered() throws Exception {
        nodeLosesTheClient();
        droverAnswersTheClient();
    }

    private static void nodeLosesTheClient() throws Exception {
        // given: the only worker is stopped, and has been given a connection
        try (var node = NodeCluster.start()) {
            long worker = node.workers().getFirst();
            Procs.stop(worker);
            long before = node.sockets();
            try (var client = client(node.address())) {
                Waits.until(
                        "the primary to have accepted",
                        () -> node.sockets() > before,
                        DroverProcess.PATIENCE,
                        () -> node.workers().toString());

                // when
                Procs.signal(worker, "KILL");
                node.fork();

                // then: others are served, this one waits for ever
                try (var other = client(node.address())) {
                    assertThat(answer(other, DroverProcess.PATIENCE))
                            .contains("ok 7 " + node.workers().getLast());
                }
                assertThatThrownBy(() -> answer(client, Duration.ofSeconds(3)))
                        .isInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    private void droverAnswersTheClient() throws Exception {
        // given
        var pool = Pools.hello(1).socket(DISPATCHED);
        var drover = serve(pool, 1);
        var worker = drover.workers().getFirst();
        Procs.stop(worker.pid());
        long before = sockets(drover);
        try (var client = client(pool.address())) {
            drover.until("the master to have accepted", () -> sockets(drover) > before);

            // when
            Procs.signal(worker.pid(), "KILL");

            // then
            assertThat(answer(client, DroverProcess.PATIENCE)).contains("ok 7 ");
            assertThat(drover.stdout()).doesNotContain("Worker hung");
        }
    }

    private static long sockets(DroverProcess drover) {
        return Procs.descriptors(drover.pid()).stream()
                .filter(target -> target.startsWith("socket:"))
                .count();
    }

    @Test
    void aWorkerThatHangsIsKilledAndOthersAnswerItsClients() throws Exception {
        // given
        var pool = Pools.hello(2).socket(DISPATCHED);
        var drover = serve(pool, 2);
        var hanging = drover.workers().getFirst();
        Procs.stop(hanging.pid());

        // when
        try (var control = Control.of(drover);
                var connections = Connections.open(pool.address(), 20)) {
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answersByPid()).doesNotContainKey(hanging.pid());
            drover.awaitLog("Worker hung worker=" + hanging.worker() + ".1");
            drover.until(
                    "its end to be told",
                    () -> control.workers().stream()
                            .filter(worker -> worker.getName().equals(hanging.worker()))
                            .anyMatch(
                                    worker -> worker.getRestarts() == 1
                                            && worker.getLastExit()
                                                    .getMessage()
                                                    .equals(
                                                            "killed by SIGKILL: no acknowledgement of a connection within 5 s")));
        }
        assertThat(drover.stop()).isZero();
    }

    @Test
    void connectionsOfStoppedWorkersAreAnsweredByTheirReplacements() throws Exception {
        // given
        var pool = Pools.hello(4).socket(DISPATCHED);
        var drover = serve(pool, 4);
        int before = drover.descriptorsWithSessions(4);
        var stopped = drover.workers();
        stopped.forEach(worker -> Procs.stop(worker.pid()));

        // when: more than all of them may be given at once
        try (var connections = Connections.open(pool.address(), 700)) {
            stopped.forEach(worker -> Procs.signal(worker.pid(), "KILL"));
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(700);
            assertThat(result.answersByPid().keySet())
                    .doesNotContainAnyElementsOf(
                            stopped.stream().map(DroverProcess.Worker::pid).toList());
        }
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
    }

    @Test
    void onlyWhatAKilledWorkerHadInHandFails() throws Exception {
        // given
        int clients = 8;
        int kills = 8;
        var pool = Pools.hello(4).socket(DISPATCHED);
        var drover = serve(pool, 4);
        var random = new Random(42);

        // when
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(clients).duration(Load.ENDLESS))) {
            for (int i = 0; i < kills; i++) {
                load.awaitAnswers(300, DroverProcess.PATIENCE);
                var workers = drover.workers();
                var victim = workers.get(random.nextInt(workers.size()));
                Procs.signal(victim.pid(), "KILL");
                drover.until(
                        "a replacement of " + victim,
                        () -> drover.workers().stream()
                                .anyMatch(worker -> worker.worker().equals(victim.worker())
                                        && worker.incarnation() > victim.incarnation()));
            }
            load.awaitAnswers(300, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures().keySet())
                    .as("%s", result.firstFailures())
                    .isSubsetOf(FailureKind.IN_HAND);
            assertThat(result.failed()).isLessThanOrEqualTo((long) kills * clients);
        }
    }

    @Test
    void aWorkerBehindAShellDiesWithItAndItsClientsAreAnswered() throws Exception {
        // given: what joins is a child of what was forked
        var pool = Pools.hello(2).socket(DISPATCHED).behindAShell();
        var drover = serve(pool, 2);
        var shells = drover.workers();
        shells.forEach(shell -> Procs.descendants(shell.pid()).forEach(java -> Procs.stop(java.pid())));

        // when
        try (var connections = Connections.open(pool.address(), 50)) {
            shells.forEach(shell -> Procs.signal(shell.pid(), "KILL"));
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(50);
        }
    }

    @Test
    void aWorkerWithoutAFreeDescriptorRefusesAndLives() throws Exception {
        // given: room for ten more connections in one of two workers
        var pool = Pools.hello(2).socket(DISPATCHED);
        var drover = serve(pool, 2);
        var narrow = drover.workers().getFirst();
        Procs.limitDescriptors(narrow.pid(), Procs.openDescriptors(narrow.pid()) + 10);

        // when
        try (var load = Loader.start(Load.keepAlive(pool.address()).clients(60).duration(Load.ENDLESS))) {
            load.awaitAnswers(1_000, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answersByPid()).containsKey(narrow.pid()).hasSize(2);
        }
        assertThat(drover.workers()).contains(narrow);
    }

    @Test
    void withoutAFreeDescriptorClientsWaitInTheKernel() throws Exception {
        // given: room for ten more descriptors, and workers that acknowledge nothing
        var pool = Pools.hello(1).socket(DISPATCHED);
        var drover = serve(pool, 1);
        var worker = drover.workers().getFirst();
        Procs.stop(worker.pid());
        Procs.limitDescriptors(drover.pid(), Procs.openDescriptors(drover.pid()) + 10);

        // when
        try (var connections = Connections.open(pool.address(), 40)) {
            drover.awaitLog("EMFILE");
            Procs.signal(worker.pid(), "CONT");
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(40);
        }
    }

    @Test
    void whatWasAcceptedIsAnsweredWhenTheMasterIsToldToStopUnderLoad() throws Exception {
        // given
        var pool = Pools.hello(2).socket(DISPATCHED);
        var drover = serve(pool, 2);

        // when
        try (var keepAlive =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS));
                var perConnection = Loader.start(
                        Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            keepAlive.awaitAnswers(300, DroverProcess.PATIENCE);
            perConnection.awaitAnswers(300, DroverProcess.PATIENCE);
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
    void whatTheMasterHoldsIsAnsweredBeforeTheEnd() throws Exception {
        // given: more than the two may be given at once
        var pool = Pools.hello(2).socket(DISPATCHED);
        var drover = serve(pool, 2);
        var workers = drover.workers();
        workers.forEach(worker -> Procs.stop(worker.pid()));

        // when
        try (var connections = Connections.open(pool.address(), 300)) {
            drover.signal("TERM");
            drover.awaitLog("no further connection is let in");
            workers.forEach(worker -> Procs.signal(worker.pid(), "CONT"));
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(drover.awaitExit()).isZero();
        }
    }
}
