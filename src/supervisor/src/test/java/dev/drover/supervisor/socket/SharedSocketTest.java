package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.SocketEvent.ListenerReplaced;
import dev.drover.supervisor.socket.SocketEvent.ShardLost;
import dev.drover.supervisor.socket.SocketEvent.ShardMended;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import dev.drover.supervisor.socket.fixtures.Intruder;
import dev.drover.supervisor.socket.fixtures.ServingWorker;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedSocketTest extends SocketFixture {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void allWorkersAcceptFromTheOneListener() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARED, 4);
        socket.grow(8);
        socket.steer(Set.of(3));
        socket.probe(Map.of(1, 1));
        try (var first = new ServingWorker(socket.listener(0), 0);
                var second = new ServingWorker(socket.listener(1), 1);

                // when
                var clients = new Clients(socket.address(), 4, 1000)) {
            clients.join();

            // then
            assertThat(clients.failures()).isEmpty();
            assertThat(first.served() + second.served()).isEqualTo(1000);
        }
        assertThat(socket.shards()).isEqualTo(1);
        assertThat(socket.steered()).isFalse();
        assertThat(socket.warning()).isEmpty();
    }

    @Test
    void aTcpListenerThatWasShutDownListensAgain() throws IOException {
        var socket = open("127.0.0.1", Distribution.SHARED, 1);
        watch(socket);
        for (int round = 1; round <= 10; round++) {
            Intruder.shutDown(socket.listener(0));
            pollUntil(ShardMended.class, round);

            assertThat(spread(socket, socket.address(), 5)).containsExactly(5);
        }
        assertThat(events).hasSize(20);
    }

    @Test
    void aForeignBacklogIsPutRight() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARED, 1);
        int limit = socket.listener(0).queue().orElseThrow().limit();
        Intruder.listen(socket.listener(0), 5);

        // when
        socket.restoreBacklog(0);

        // then
        assertThat(socket.listener(0).queue().orElseThrow().limit()).isEqualTo(limit);
    }

    @Test
    void aUnixSocketServesAndRunsOutBeforeTheClose() throws IOException {
        // given
        var path = directory.resolve("a.sock");
        var socket = open(unix(path), 1);
        var clients = Clients.hold(socket.address(), 7);
        int queued = socket.queued(0);

        // when
        boolean dropped = socket.dropNewConnections();
        boolean quietWithQueue = socket.quiet();
        try (var _ = new ServingWorker(socket.listener(0), 3)) {
            Await.until(socket::quiet, () -> socket.queued(0) + " wait");
        }
        socket.close();

        // then
        assertThat(queued).isEqualTo(7);
        assertThat(dropped).isTrue();
        assertThat(quietWithQueue).isFalse();
        for (var client : clients) {
            assertThat(Clients.readName(client)).isEqualTo(3);
        }
        Clients.closeAll(clients);
        assertThat(path).doesNotExist();
        assertThatThrownBy(() -> Clients.hold(UnixDomainSocketAddress.of(path), 1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void aUnixListenerThatWasShutDownIsReplaced() throws IOException {
        // given
        var socket = open(unix(directory.resolve("a.sock")), 1);
        watch(socket);

        // when
        Intruder.shutDown(socket.listener(0));
        pollUntil(ListenerReplaced.class, 1);

        // then
        assertThat(events).containsExactly(new ShardLost(socket, 0), new ListenerReplaced(socket, 0));
        assertThat(spread(socket, socket.address(), 5)).containsExactly(5);
    }

    @Test
    void aStalePathIsTakenOver() throws IOException {
        // given
        var path = directory.resolve("a.sock");
        try (var dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();

        // when
        var socket = open(unix(path), 1);

        // then
        assertThat(spread(socket, socket.address(), 3)).containsExactly(3);
    }

    @Test
    void aPathOnWhichSomebodyAnswersIsInUse() {
        var path = directory.resolve("a.sock");
        open(unix(path), 1);

        assertThatThrownBy(() -> open(unix(path), 1))
                .isInstanceOf(SocketOpenException.class)
                .hasMessage("cannot open socket http on " + path
                        + ": EADDRINUSE (Address already in use): another process listens there (see: ss -lxp)");
    }

    @Test
    void aFileThatIsNoSocketIsLeftAlone() throws IOException {
        var path = Files.writeString(directory.resolve("a.sock"), "precious");

        assertThatThrownBy(() -> open(unix(path), 1))
                .isInstanceOf(SocketOpenException.class)
                .hasMessageEndingWith("there is a file that is no socket");
        assertThat(path).hasContent("precious");
    }

    @Test
    void aMissingDirectoryIsNamed() {
        var missing = directory.resolve("missing");

        assertThatThrownBy(() -> open(unix(missing.resolve("a.sock")), 1))
                .isInstanceOf(SocketOpenException.class)
                .hasMessageEndingWith("ENOENT (No such file or directory): directory " + missing + " does not exist");
    }

    @Test
    void aPathTooLongForTheKernelIsRefused() {
        assertThatThrownBy(() -> open(unix(directory.resolve("a".repeat(108))), 1))
                .isInstanceOf(SocketOpenException.class)
                .hasMessageContaining("1 to 107");
    }

    @Test
    void closeLeavesAPathThatIsNotOursAnyMore() throws IOException {
        // given
        var path = directory.resolve("a.sock");
        var socket = open(unix(path), 1);
        Files.delete(path);
        var successor = open(unix(path), 1);

        // when
        socket.close();

        // then
        assertThat(path).exists();
        assertThat(spread(successor, successor.address(), 2)).containsExactly(2);
    }

    private static SocketSpec unix(Path path) {
        return spec(UnixDomainSocketAddress.of(path), Distribution.SHARED);
    }

    @Test
    void anotherBacklogIsTakenOverByEveryListener() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARED, 2);

        // when
        socket.changeBacklog(7);

        // then
        for (int shard = 0; shard < socket.shards(); shard++) {
            assertThat(socket.listener(shard).queue().orElseThrow().limit()).isEqualTo(7);
        }
        assertThat(socket.spec().backlog()).isEqualTo(7);
    }
}
