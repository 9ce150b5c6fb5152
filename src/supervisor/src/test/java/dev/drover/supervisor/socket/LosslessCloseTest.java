package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.fixtures.AckHold;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import dev.drover.supervisor.socket.fixtures.ServingWorker;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LosslessCloseTest extends SocketFixture {
    private static final int CONNECT_TIMEOUT_MILLIS = 60;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answered = new AtomicInteger();
    /// Set by the test before the close, for the clients: from then on to be refused is right.
    private volatile boolean closed;

    @ParameterizedTest
    @EnumSource(Distribution.class)
    void aHandshakeUnderWayIsFinishedAndServedBeforeTheClose(Distribution distribution) throws IOException {
        // given clients that are connected by their own account, while the server lacks their last packet
        var socket = open("127.0.0.1", distribution, 2);
        IntStream.range(0, socket.shards())
                .forEach(shard -> socket.listener(shard).attachFilter(AckHold.PROGRAM));
        var clients = Clients.hold(socket.address(), 5);
        int queuedDuringHandshake = IntStream.of(queues(socket)).sum();
        boolean quietBefore = socket.quiet();

        // when
        boolean filtered = socket.dropNewConnections();
        boolean quietAfter = socket.quiet();
        for (var client : clients) {
            client.write(ByteBuffer.wrap(new byte[1]));
        }
        Await.until(() -> IntStream.of(queues(socket)).sum() == 5, () -> "the handshakes do not end");
        boolean quietWithQueue = socket.quiet();
        var workers = workers(socket);
        Await.until(socket::quiet, () -> "the queue does not run out");
        workers.forEach(ServingWorker::close);
        socket.close();

        // then
        assertThat(filtered).isTrue();
        assertThat(queuedDuringHandshake).isZero();
        assertThat(List.of(quietBefore, quietAfter, quietWithQueue)).containsOnly(false);
        for (SocketChannel client : clients) {
            assertThat(Clients.readName(client)).isBetween(0, 1);
        }
        Clients.closeAll(clients);
    }

    @Test
    void whereNothingCanBeFilteredAHandshakeUnderWayIsFinishedAndWhoComesLaterIsRefused() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 2);
        var listeners =
                IntStream.range(0, socket.shards()).mapToObj(socket::listener).toList();
        listeners.forEach(listener -> listener.attachFilter(AckHold.PROGRAM));
        var clients = Clients.hold(socket.address(), 5);

        // when
        listeners.forEach(listener -> {
            assertThat(SynFilter.refuse(listener)).isTrue();
            listener.detachFilter();
        });
        for (var client : clients) {
            client.write(ByteBuffer.wrap(new byte[1]));
        }

        // then
        assertThatThrownBy(() -> SocketChannel.open(socket.address())).isInstanceOf(ConnectException.class);
        Await.until(() -> IntStream.of(queues(socket)).sum() == 5, () -> "the handshakes do not end");
        var workers = workers(socket);
        Await.until(socket::quiet, () -> "the queue does not run out");
        workers.forEach(ServingWorker::close);
        socket.close();
        for (SocketChannel client : clients) {
            assertThat(Clients.readName(client)).isBetween(0, 1);
        }
        Clients.closeAll(clients);
    }

    @RepeatedTest(15)
    void whereNothingCanBeFilteredClientsWhoKeepOnComingAreServedOrRefused() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        socket.steer(Set.of(0, 1, 2, 3));
        var workers = workers(socket);
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofPlatform().start(() -> comeUntilLeftOut(socket.address())));
        }
        Await.until(() -> answered.get() > 200, () -> answered + " answered, failures " + failures);

        // when
        closed = true;
        IntStream.range(0, socket.shards()).forEach(shard -> SynFilter.refuse(socket.listener(shard)));
        Await.until(socket::quiet, () -> "the socket does not run dry");
        workers.forEach(ServingWorker::close);
        socket.close();

        // then
        Await.until(() -> clients.stream().noneMatch(Thread::isAlive), () -> answered + " answered");
        assertThat(failures).isEmpty();
    }

    @RepeatedTest(15)
    void clientsWhoKeepOnComingAreServedOrNeverConnected() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        socket.steer(Set.of(0, 1, 2, 3));
        var workers = workers(socket);
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < 4; i++) {
            clients.add(Thread.ofPlatform().start(() -> comeUntilLeftOut(socket.address())));
        }
        Await.until(() -> answered.get() > 200, () -> answered + " answered, failures " + failures);

        // when
        socket.dropNewConnections();
        Await.until(socket::quiet, () -> "the socket does not run dry");
        workers.forEach(ServingWorker::close);
        closed = true;
        socket.close();

        // then
        Await.until(() -> clients.stream().noneMatch(Thread::isAlive), () -> answered + " answered");
        assertThat(failures).isEmpty();
    }

    @Test
    void anIdleSocketIsQuiet() {
        assertThat(open("::", Distribution.SHARDED, 2).quiet()).isTrue();
    }

    @Test
    void handshakesAreReadFromBothTables() {
        var v4 = "   1: 0100007F:1F90 0100007F:D2C4 03 00000000:00000000 01:00000018 00000000";
        var v6 =
                "   2: 00000000000000000000000001000000:1F90 00000000000000000000000001000000:D2C4 03 00000000:00000000";

        assertThat(ProcNet.isHandshake(v4, "1F90")).isTrue();
        assertThat(ProcNet.isHandshake(v6, "1F90")).isTrue();
        assertThat(ProcNet.isHandshake(v4, "D2C4")).isFalse();
        assertThat(ProcNet.isHandshake(v4.replace(" 03 ", " 01 "), "1F90")).isFalse();
        assertThat(ProcNet.isHandshake("  sl  local_address rem_address   st tx_queue", "1F90"))
                .isFalse();
    }

    private static List<ServingWorker> workers(PoolSocket socket) {
        return IntStream.range(0, socket.shards())
                .mapToObj(shard -> new ServingWorker(socket.listener(shard), shard))
                .toList();
    }

    private void comeUntilLeftOut(SocketAddress server) {
        while (true) {
            try (var client = new Socket()) {
                client.setSoLinger(true, 0);
                try {
                    client.connect(server, CONNECT_TIMEOUT_MILLIS);
                } catch (SocketTimeoutException _) {
                    // Its SYN was dropped.
                    return;
                } catch (ConnectException refused) {
                    if (!closed) {
                        failures.add("before the close: " + refused);
                    }
                    return;
                }
                if (client.getInputStream().read() < 0) {
                    failures.add("closed without an answer");
                }
                answered.incrementAndGet();
            } catch (IOException failure) {
                failures.add(failure.toString());
                return;
            }
        }
    }
}
