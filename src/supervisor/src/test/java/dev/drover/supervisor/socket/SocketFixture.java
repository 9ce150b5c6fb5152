package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.ListenQueue;
import dev.drover.posix.Poller;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import dev.drover.supervisor.socket.fixtures.Descriptors;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/// Sockets on loopback, closed after each test; then no socket may be open that was not before.
abstract class SocketFixture {
    static final int BACKLOG = 4096;

    final List<SocketEvent> events = new ArrayList<>();
    final Poller poller = Poller.open();
    private final List<PoolSocket> opened = new ArrayList<>();
    private long socketsBefore;

    /// The first channel that is closed makes the JDK keep a socket for good.
    @BeforeAll
    static void warmUp() throws IOException {
        SocketChannel.open().close();
    }

    @BeforeEach
    void countDescriptors() {
        socketsBefore = Descriptors.sockets();
    }

    @AfterEach
    void nothingStaysOpen() {
        opened.reversed().forEach(PoolSocket::close);
        poller.close();
        assertThat(Descriptors.sockets()).isEqualTo(socketsBefore);
    }

    PoolSocket open(String host, Distribution distribution, int shards) {
        return open(spec(new InetSocketAddress(InetAddress.ofLiteral(host), 0), distribution), shards);
    }

    PoolSocket open(SocketSpec spec, int shards) {
        var socket = PoolSocket.open(spec, shards);
        opened.add(socket);
        return socket;
    }

    static SocketSpec spec(SocketAddress address, Distribution distribution) {
        return new SocketSpec("http", address, BACKLOG, distribution);
    }

    static SocketAddress reach(PoolSocket socket, String host) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), ((InetSocketAddress) socket.address()).getPort());
    }

    static int[] queues(PoolSocket socket) {
        return IntStream.range(0, socket.shards()).map(socket::queued).toArray();
    }

    /// Opens connections, counts where they wait, and takes them out again.
    static int[] spread(PoolSocket socket, SocketAddress server, int count) throws IOException {
        var clients = Clients.hold(server, count);
        try {
            Await.until(() -> Arrays.stream(queues(socket)).sum() >= count, () -> Arrays.toString(queues(socket)));
            return queues(socket);
        } finally {
            Clients.closeAll(clients);
            drain(socket);
        }
    }

    static void drain(PoolSocket socket) {
        for (int shard = 0; shard < socket.shards(); shard++) {
            if (!socket.listener(shard).queue().map(ListenQueue::listening).orElse(true)) {
                continue;
            }
            for (var next = socket.listener(shard).accept();
                    next.isPresent();
                    next = socket.listener(shard).accept()) {
                next.get().close();
            }
        }
    }

    /// That each shard has the index we take it to have: steered to alone, it gets all.
    static void assertEachShardIsReached(PoolSocket socket) throws IOException {
        for (int shard = 0; shard < socket.shards(); shard++) {
            socket.steer(Set.of(shard));
            var expected = new int[socket.shards()];
            expected[shard] = 10;
            assertThat(spread(socket, socket.address(), 10)).isEqualTo(expected);
        }
    }

    void watch(PoolSocket socket) {
        socket.watch(poller, events::add);
        poller.poll(Duration.ZERO);
    }

    <T extends SocketEvent> void pollUntil(Class<T> type, int count) {
        Await.until(
                () -> {
                    poller.poll(Duration.ZERO);
                    return events.stream().filter(type::isInstance).count() >= count;
                },
                events::toString);
    }
}
