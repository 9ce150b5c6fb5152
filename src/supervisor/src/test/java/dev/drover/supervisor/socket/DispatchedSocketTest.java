package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DispatchedSocketTest extends SocketFixture {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void itIsOneListenerWhateverIsAskedOfIt() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.DISPATCHED, 4);
        watch(socket);

        // when
        socket.grow(8);
        socket.steer(Set.of(3));
        socket.probe(Map.of(1, 1));
        socket.restoreBacklog(3);
        socket.check();
        var waiting = Clients.hold(socket.address(), 3);

        // then
        assertThat(socket.shards()).isOne();
        assertThat(socket.steered()).isFalse();
        assertThat(socket.warning()).isEmpty();
        assertThat(socket.queued(0)).isEqualTo(3);
        assertThat(events).isEmpty();
        assertThatThrownBy(() -> socket.steer(Set.of())).isInstanceOf(IllegalArgumentException.class);
        Clients.closeAll(waiting);
    }

    @Test
    void itIsQuietOnceItsQueueHasRunOut() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.DISPATCHED, 1);
        try (var client = SocketChannel.open(socket.address())) {
            assertThat(socket.dropNewConnections()).isTrue();
            assertThat(socket.quiet()).isFalse();

            // when
            socket.listener(0).acceptDescriptor().orElseThrow().close();

            // then
            Await.until(socket::quiet, () -> socket.queued(0) + " queued");
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void aUnixPathIsRemovedSoThatNobodyElseComes() throws IOException {
        // given
        var path = directory.resolve("app.sock");
        var socket = open(spec(UnixDomainSocketAddress.of(path), Distribution.DISPATCHED), 1);
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            assertThat(socket.queued(0)).isOne();

            // when
            assertThat(socket.dropNewConnections()).isTrue();

            // then
            assertThat(path).doesNotExist();
            assertThat(socket.quiet()).isFalse();
            socket.listener(0).acceptDescriptor().orElseThrow().close();
            assertThat(socket.quiet()).isTrue();
            assertThat(client.isConnected()).isTrue();
        }
    }

    @Test
    void anAddressInUseIsToldWithTheSocket() {
        // given
        var first = open("127.0.0.1", Distribution.DISPATCHED, 1);

        // when
        assertThatThrownBy(() -> open(spec(first.address(), Distribution.DISPATCHED), 1))
                // then
                .isInstanceOf(SocketOpenException.class)
                .hasMessageContaining("http")
                .hasMessageContaining("another process listens there");
    }

    @Test
    void anotherBacklogIsTakenOverByEveryListener() {
        // given
        var socket = open("127.0.0.1", Distribution.DISPATCHED, 2);

        // when
        socket.changeBacklog(7);

        // then
        for (int shard = 0; shard < socket.shards(); shard++) {
            assertThat(socket.listener(shard).queue().orElseThrow().limit()).isEqualTo(7);
        }
        assertThat(socket.spec().backlog()).isEqualTo(7);
    }
}
