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
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Pools and sockets come and go with the files, while everything else serves.
@Tag("slow")
class PoolChangeTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// The files of the pools, as they are to be read next.
    private void write(Pools... pools) throws IOException {
        var documents = new StringBuilder();
        for (var pool : pools) {
            documents.append("---\n").append(pool.yaml());
        }
        Files.writeString(file(), documents);
    }

    private Path file() {
        return directory.resolve("pools.yaml");
    }

    private DroverProcess run(Pools... pools) throws IOException {
        write(pools);
        return drovers.run("-f", file().toString());
    }

    private static InetSocketAddress at(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    private static boolean isRefused(InetSocketAddress address) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(address, 500);
            return false;
        } catch (ConnectException refused) {
            return true;
        } catch (java.net.SocketTimeoutException dropped) {
            return false;
        }
    }

    private static List<Long> pids(DroverProcess drover, String pool) {
        return drover.workers().stream()
                .filter(worker -> worker.worker().startsWith(pool + "-"))
                .map(DroverProcess.Worker::pid)
                .toList();
    }

    @Test
    void aPoolComesAndGoesWhileAnotherServes() throws Exception {
        // given
        var web = Pools.hello(2);
        var api = Pools.hello(2).named("api");
        var drover = run(web);
        drover.awaitReady(web.address(), 2);
        var before = pids(drover, "web");

        try (var load =
                Loader.start(Load.perConnection(web.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);

            // when
            write(web, api);
            drover.signal("HUP");
            drover.awaitReady(api.address(), 2);
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            pids(drover, "api").forEach(Procs::stop);
            try (var waiting = Connections.open(api.address(), 50)) {
                write(web);
                drover.signal("HUP");
                drover.awaitLog("Stop: no further connection is let in;");
                pids(drover, "api").forEach(pid -> Procs.signal(pid, "CONT"));
                var served = waiting.collect(DroverProcess.PATIENCE);

                // then
                assertThat(served.failures()).as("%s", served.firstFailures()).isEmpty();
            }
            drover.awaitLog("Pool gone pool=api killed=0 cut=0");
            assertThat(isRefused(api.address())).isTrue();
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
        assertThat(pids(drover, "web")).isEqualTo(before);
        assertThat(pids(drover, "api")).isEmpty();
    }

    @Test
    void aDispatchedSocketComesToTheWorkersThatRunAndGoesAgain() throws Exception {
        // given
        int port = Pools.freePort();
        var web = Pools.hello(2);
        var drover = run(web);
        drover.awaitReady(web.address(), 2);
        var before = drover.workers();

        try (var load = Loader.start(Load.perConnection(web.address())
                .clients(4)
                .duration(Load.ENDLESS)
                .rate(300))) {
            // when
            write(web.also("{name: cards, host: 127.0.0.1, port: " + port + ", distribution: {mode: Dispatched}}"));
            drover.signal("HUP");
            drover.awaitReady(at(port), 2);
            try (var cards = Loader.start(Load.perConnection(at(port))
                    .clients(2)
                    .duration(Load.ENDLESS)
                    .rate(100))) {
                cards.awaitAnswers(50, DroverProcess.PATIENCE);
                write(web.without("cards"));
                drover.signal("HUP");
                drover.awaitLog("Socket closed pool=web socket=cards");

                // then
                assertThat(cards.stop().failures().keySet())
                        .isSubsetOf(FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT);
            }
            assertThat(isRefused(at(port))).isTrue();
            assertThat(drover.workers()).isEqualTo(before);
            load.awaitAnswers(50, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    @Test
    void socketsOfWorkersThatInheritThemComeAndGoByARollout() throws Exception {
        // given
        int port = Pools.freePort();
        var web = Pools.systemd(3, "python3", Pools.program("serve.py"));
        var drover = run(web);
        drover.awaitReady(web.address(), 3);
        var before = drover.workers();

        try (var load = Loader.start(Load.perConnection(web.address())
                .clients(4)
                .duration(Load.ENDLESS)
                .rate(300))) {
            load.awaitAnswers(50, DroverProcess.PATIENCE);

            // when
            write(web.also("{name: admin, host: 127.0.0.1, port: " + port + "}"));
            drover.signal("HUP");
            drover.awaitLog("Pools read again: pool web: socket admin added, new revision (sockets)");
            try (var waiting = Connections.open(at(port), 30)) {
                var served = waiting.collect(DroverProcess.PATIENCE);

                // then
                assertThat(served.failures())
                        .as("who comes before a worker has it waits: %s", served.firstFailures())
                        .isEmpty();
            }
            drover.awaitLog("Rollout complete pool=web revision=2");
            drover.awaitReady(at(port), 3);
            drover.until("other workers alone", () -> before.stream().noneMatch(drover.workers()::contains));

            // when
            try (var admin = Loader.start(Load.perConnection(at(port))
                    .clients(2)
                    .duration(Load.ENDLESS)
                    .rate(50))) {
                admin.awaitAnswers(20, DroverProcess.PATIENCE);
                write(web.without("admin"));
                drover.signal("HUP");
                drover.awaitLog("Socket closed pool=web socket=admin");

                // then
                assertThat(admin.stop().failures().keySet())
                        .isSubsetOf(FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT);
            }
            drover.awaitLog("Rollout complete pool=web revision=3");
            assertThat(isRefused(at(port))).isTrue();
            load.awaitAnswers(50, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    @Test
    void aSocketComesToTheWorkersThatRunAndGoesAgain() throws Exception {
        // given
        int port = Pools.freePort();
        var web = Pools.hello(2);
        var drover = run(web);
        drover.awaitReady(web.address(), 2);
        var before = drover.workers();

        try (var load =
                Loader.start(Load.perConnection(web.address()).clients(4).duration(Load.ENDLESS))) {
            // when
            write(web.also("{name: admin, host: 127.0.0.1, port: " + port + "}"));
            drover.signal("HUP");
            drover.awaitReady(at(port), 2);
            drover.workers().forEach(worker -> Procs.stop(worker.pid()));
            try (var waiting = Connections.open(at(port), 50)) {
                write(web.without("admin"));
                drover.signal("HUP");
                drover.awaitLog("Socket leaves pool=web socket=admin");
                drover.workers().forEach(worker -> Procs.signal(worker.pid(), "CONT"));
                var served = waiting.collect(DroverProcess.PATIENCE);

                // then
                assertThat(served.failures()).as("%s", served.firstFailures()).isEmpty();
            }
            drover.until("the port to be closed", () -> isRefused(at(port)));
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
        assertThat(drover.workers()).isEqualTo(before);
    }

    @Test
    void aPortInUseChangesNothing() throws Exception {
        // given
        var web = Pools.hello(1);
        var drover = run(web);
        drover.awaitReady(web.address(), 1);
        var before = drover.workers();

        // when
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            write(web.also("{name: admin, host: 127.0.0.1, port: " + taken.getLocalPort() + "}")
                    .template("env: [{name: COLOR, value: red}]"));
            drover.signal("HUP");
            drover.awaitLog("Pools unchanged: pool web: cannot open socket admin on 127.0.0.1:" + taken.getLocalPort());
        }

        // then
        assertThat(Loader.run(Load.perConnection(web.address()).requests(10)).failed())
                .isZero();
        assertThat(drover.workers()).isEqualTo(before);
        assertThat(drover.stdout()).doesNotContain("revision=2");
    }
}
