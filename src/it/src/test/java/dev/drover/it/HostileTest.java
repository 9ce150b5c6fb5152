package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.posix.PosixException;
import dev.drover.posix.Received;
import dev.drover.posix.UnixSocket;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import dev.drover.protocol.control.v1.WatchSocketsRequest;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.WatchWorkersResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Strangers disturb nobody.
@Tag("slow")
class HostileTest {
    private static final int STRANGERS = 500;
    private static final int IDLE_CONNECTIONS = 10_000;

    /// That an address of a master holds.
    private static final int MAX_CONNECTIONS = 512;

    private static final int RESTARTS = 8;

    /// As many as a master allows.
    private static final int WATCHERS = 64;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void garbageAndSilenceOnTheHandleSocketDisturbNobody() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        var socket = drover.runDirectory().resolve("attach/handles.sock");
        int before = drover.descriptorsWithSessions(2);
        var random = new Random(7);
        var strangers = new ArrayList<UnixSocket>();

        // when
        try {
            for (int i = 0; i < STRANGERS; i++) {
                var stranger = UnixSocket.connect(socket, UnixSocket.Type.SEQPACKET);
                strangers.add(stranger);
                if (i % 2 == 0) {
                    sendGarbage(stranger, random);
                }
            }
            var victim = drover.workers().getFirst();
            Procs.signal(victim.pid(), "KILL");
            drover.until(
                    "a replacement to join among strangers",
                    () -> drover.workers().stream()
                            .anyMatch(
                                    worker -> worker.worker().equals(victim.worker()) && worker.pid() != victim.pid()));
            drover.awaitReady(pool.address(), 2);

            // then
            assertThat(Loader.run(Load.perConnection(pool.address()).requests(100))
                            .failed())
                    .isZero();
            var last = strangers.getLast();
            last.setReceiveTimeout(Duration.ofSeconds(20));
            assertThat(last.receive(ByteBuffer.allocate(1024), 0))
                    .as("a silent stranger is cut off")
                    .isInstanceOf(Received.EndOfStream.class);
        } finally {
            strangers.forEach(UnixSocket::close);
        }
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
    }

    @Test
    void thousandsOfIdleConnectionsToTheControlAddressDisturbNobody() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run(
                "-f", pool.write(directory).toString(), "--control-address", "127.0.0.1:" + Pools.freePort());
        drover.awaitReady(pool.address(), 2);
        var address = controlAddress(drover);
        double rss = Procs.memoryMiB(drover.pid(), "VmRSS");
        int before = drover.descriptorsWithSessions(2);
        var idle = new ArrayList<SocketChannel>();

        // when
        try {
            for (int i = 0; i < IDLE_CONNECTIONS; i++) {
                idle.add(SocketChannel.open(address));
            }
            var result = Loader.run(Load.perConnection(pool.address()).requests(200));

            // then
            assertThat(result.failed()).isZero();
            try (var control = Control.of(drover)) {
                assertThat(control.workers()).as("the control socket answers").hasSize(2);
            }
            assertThat(Procs.memoryMiB(drover.pid(), "VmRSS") - rss)
                    .as("MiB more than before")
                    .isLessThan(64);
            drover.until("the oldest to be cut", () -> Procs.openDescriptors(drover.pid()) <= before + MAX_CONNECTIONS);
        } finally {
            for (var channel : idle) {
                channel.close();
            }
        }
        drover.until("the control address to answer again", () -> {
            try (var control = Control.of(address, "")) {
                return control.workers().size() == 2;
            }
        });
    }

    @Test
    void idleConnectionsToTheManagementAddressAreBoundedAndKeepNoProbeOut() throws Exception {
        // given
        var pool = Pools.hello(1);
        var management = new InetSocketAddress(InetAddress.getLoopbackAddress(), Pools.freePort());
        var drover = drovers.run(
                "-f", pool.write(directory).toString(), "--management-address", "127.0.0.1:" + management.getPort());
        drover.awaitReady(pool.address(), 1);
        int before = drover.descriptorsWithSessions(1);
        var idle = new ArrayList<SocketChannel>();

        // when
        try {
            for (int i = 0; i < MAX_CONNECTIONS + STRANGERS; i++) {
                var channel = SocketChannel.open(management);
                idle.add(channel);
                if (i % 2 == 0) {
                    say(channel, bytes("GET /q/health/live HTTP/1.1\r\nHost: x"));
                }
            }

            // then
            drover.until(
                    "the oldest to be cut",
                    () -> Procs.openDescriptors(drover.pid()) <= before + MAX_CONNECTIONS
                            && Procs.openDescriptors(drover.pid()) > before + MAX_CONNECTIONS / 2);
            try (var probe = SocketChannel.open(management)) {
                say(probe, bytes("GET /q/health/live HTTP/1.0\r\n\r\n"));
                var answer = ByteBuffer.allocate(512);
                var _ = probe.read(answer);
                assertThat(new String(answer.array(), StandardCharsets.US_ASCII))
                        .startsWith("HTTP/1.0 200");
            }
        } finally {
            for (var channel : idle) {
                channel.close();
            }
        }
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
    }

    @Test
    void garbageOnEveryAddressDisturbsNobody() throws Exception {
        // given
        var pool = Pools.hello(2);
        int management = Pools.freePort();
        var drover = drovers.run(
                "-f",
                pool.write(directory).toString(),
                "--control-address",
                "127.0.0.1:" + Pools.freePort(),
                "--management-address",
                "127.0.0.1:" + management);
        drover.awaitReady(pool.address(), 2);
        var addresses = List.of(
                controlAddress(drover),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), management),
                UnixDomainSocketAddress.of(drover.runDirectory().resolve("control/control.sock")));
        int before = drover.descriptorsWithSessions(2);
        var random = new Random(11);

        // when
        for (int i = 0; i < STRANGERS; i++) {
            try (var channel = SocketChannel.open(addresses.get(i % addresses.size()))) {
                say(channel, garbage(i, random));
            }
        }

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(100)).failed())
                .isZero();
        try (var control = Control.of(drover)) {
            assertThat(control.workers()).hasSize(2);
        }
        drover.until("the descriptors to be as before", () -> Procs.openDescriptors(drover.pid()) <= before);
        assertThat(drover.stdout() + drover.stderr()).doesNotContain("ERROR", "Exception");
    }

    /// It may have been cut off already.
    private static void say(SocketChannel channel, byte[] bytes) {
        try {
            var _ = channel.write(ByteBuffer.wrap(bytes));
        } catch (IOException _) {
            // That is an answer, too.
        }
    }

    private static byte[] garbage(int number, Random random) {
        var noise = new byte[random.nextInt(4096)];
        random.nextBytes(noise);
        return switch (number % 5) {
            case 0 -> noise;
            case 1 -> bytes("GET /api/v1/pools HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(1 << 16));
            case 2 -> bytes("POST /api/v1/pools:apply HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{");
            case 3 -> bytes("GET / HTTP/9.9\r\n" + "\0".repeat(64) + "\r\n\r\n");
            default -> joined(bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), noise);
        };
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
    }

    @Test
    void anotherUserCannotOpenTheControlSocket() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another user");

        // given
        var drover = drovers.run("-f", Pools.hello(1).write(directory).toString());
        drover.awaitLog("Drover ");
        var above = drover.runDirectory().getParent();
        Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
        var socket = drover.runDirectory().resolve("control/control.sock");

        // then
        assertThat(version(socket, List.of())).contains("\"version\"");
        assertThat(version(socket, List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")))
                .contains("Couldn't connect");
    }

    private static String version(Path socket, List<String> as) throws IOException, InterruptedException {
        var command = new ArrayList<>(as);
        command.addAll(List.of("curl", "-sS", "--unix-socket", socket.toString(), "http://localhost/api/v1/version"));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var _ = process.waitFor();
        return out;
    }

    @Test
    void watchersThatDoNotReadAreBoundedAndDisturbNobody() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        double rss = Procs.memoryMiB(drover.pid(), "VmRSS");

        // when
        try (var control = Control.of(drover)) {
            var watchers = new ArrayList<ClientCall<WatchWorkersRequest, WatchWorkersResponse>>();
            for (int i = 0; i < WATCHERS; i++) {
                watchers.add(watchWithoutReading(control));
            }
            drover.until("as many watches as are allowed", () -> isRefused(control));
            try (var load =
                    Loader.start(Load.perConnection(pool.address()).clients(2).duration(Load.ENDLESS))) {
                for (int i = 0; i < RESTARTS; i++) {
                    var victim = drover.workers().getFirst();
                    control.restart(victim.worker());
                    drover.until(
                            "another in its place",
                            () -> drover.workers().stream().noneMatch(worker -> worker.pid() == victim.pid()));
                }

                // then
                var result = load.stop();
                assertThat(result.failed()).as("%s", result.firstFailures()).isZero();
            }
            assertThat(Procs.memoryMiB(drover.pid(), "VmRSS") - rss)
                    .as("MiB more than before")
                    .isLessThan(64);
            watchers.forEach(watcher -> watcher.cancel("seen enough", null));
            drover.until("room for further watches", () -> !isRefused(control));
        }
    }

    private static ClientCall<WatchWorkersRequest, WatchWorkersResponse> watchWithoutReading(Control control) {
        var call = control.channel().newCall(ControlServiceGrpc.getWatchWorkersMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(WatchWorkersRequest.getDefaultInstance());
        call.halfClose();
        return call;
    }

    private static boolean isRefused(Control control) {
        try {
            return !ControlServiceGrpc.newBlockingStub(control.channel())
                    .watchSockets(WatchSocketsRequest.getDefaultInstance())
                    .hasNext();
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            return true;
        }
    }

    private static InetSocketAddress controlAddress(DroverProcess drover) throws IOException {
        var address = Files.readString(drover.runDirectory().resolve("control/address"))
                .strip();
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    @Test
    void workerThatCannotOpenItsSessionServes() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        drover.descriptorsWithSessions(2);
        var victim = drover.workers().getFirst();

        // when
        Files.delete(drover.runDirectory().resolve("attach/session.sock"));
        Procs.signal(victim.pid(), "KILL");
        drover.until(
                "a replacement",
                () -> drover.workers().stream()
                        .anyMatch(worker -> worker.worker().equals(victim.worker()) && worker.pid() != victim.pid()));
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(100)).failed())
                .isZero();
        try (var control = Control.of(drover)) {
            assertThat(control.workers())
                    .extracting(dev.drover.protocol.control.v1.Worker::hasSession)
                    .containsExactlyInAnyOrder(true, false);
        }
    }

    private static void sendGarbage(UnixSocket stranger, Random random) {
        var garbage = new byte[1 + random.nextInt(2000)];
        random.nextBytes(garbage);
        try {
            stranger.send(ByteBuffer.wrap(garbage), List.of(stranger.fd()));
        } catch (PosixException cutOff) {
            // It was the oldest of too many.
            assertThat(cutOff.call()).isEqualTo("sendmsg");
        }
    }
}
