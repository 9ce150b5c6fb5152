package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.Errno;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.SocketEvent.ListenerReplaced;
import dev.drover.supervisor.socket.SocketEvent.ShardLost;
import dev.drover.supervisor.socket.SocketEvent.ShardMended;
import dev.drover.supervisor.socket.fixtures.Clients;
import dev.drover.supervisor.socket.fixtures.Intruder;
import dev.drover.supervisor.socket.fixtures.ServingWorker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ShardedSocketTest extends SocketFixture {
    private static final Set<Integer> LOWER = Set.of(0, 1);
    private static final Set<Integer> UPPER = Set.of(2, 3);
    private static final Set<Integer> ALL = Set.of(0, 1, 2, 3);

    @Test
    void aPortInUseIsSeenAlsoOfTheSameUserWithTheSameOption() {
        var taken = open("127.0.0.1", Distribution.SHARDED, 2);

        assertThatThrownBy(() -> open(spec(taken.address(), Distribution.SHARDED), 2))
                .isInstanceOf(SocketOpenException.class)
                .hasMessage("cannot open socket http on 127.0.0.1:" + port(taken)
                        + ": EADDRINUSE (Address already in use): another process listens there (see: ss -ltnp)");
    }

    @Test
    void aPortInUseByAnotherSocketIsSeen() throws IOException {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            for (var distribution : Distribution.values()) {
                assertThatThrownBy(() -> open(spec(taken.getLocalSocketAddress(), distribution), 2))
                        .isInstanceOf(SocketOpenException.class)
                        .hasMessageContaining("EADDRINUSE");
            }
        }
    }

    @Test
    void anAddressOfAnotherMachineIsRefused() {
        var foreign = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 0);

        assertThatThrownBy(() -> open(spec(foreign, Distribution.SHARDED), 2))
                .isInstanceOf(SocketOpenException.class)
                .hasMessageContaining("EADDRNOTAVAIL")
                .hasMessageEndingWith("this machine has no such address (see: ip address)");
    }

    @Test
    void aNumberOfShardsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> open("127.0.0.1", Distribution.SHARDED, 0)).hasMessageContaining("1..1024");
        assertThatThrownBy(() -> open("127.0.0.1", Distribution.SHARDED, 2).steer(Set.of()))
                .hasMessageContaining("to no shard");
    }

    @Test
    void aKernelThatCannotSteerGivesASharedListenerAndAWarning() {
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (var socket = SocketOpening.open(spec(address, Distribution.SHARDED), 4, (_, _) -> {
            throw new PosixException("setsockopt", Errno.ENOPROTOOPT, "cannot steer");
        })) {
            assertThat(socket.steered()).isFalse();
            assertThat(socket.shards()).isEqualTo(1);
            assertThat(socket.warning().orElseThrow())
                    .contains("http on 127.0.0.1:0 is shared", "setsockopt: ENOPROTOOPT (Protocol not available)");
        }
    }

    @Test
    void steeringBackAndForthLosesNothing() {
        steerBackAndForth(4_000);
    }

    @Test
    @Tag("slow")
    void steeringBackAndForthUnderALongLoadLosesNothing() {
        steerBackAndForth(20_000);
    }

    private void steerBackAndForth(int connections) {
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        var workers = IntStream.range(0, 4)
                .mapToObj(shard -> new ServingWorker(socket.listener(shard), shard))
                .toList();
        try (var clients = new Clients(socket.address(), 4, connections)) {
            int swaps = 0;
            while (clients.done() < connections) {
                socket.steer(swaps++ % 2 == 0 ? UPPER : LOWER);
                poller.poll(Duration.ofMillis(1));
            }
            clients.join();
            assertThat(clients.failures()).isEmpty();
            assertThat(swaps).isGreaterThan(20);
            assertThat(IntStream.range(0, 4).map(clients::answersOf)).allMatch(count -> count > 0);
            assertThat(IntStream.range(0, 4).map(clients::answersOf).sum()).isEqualTo(connections);
        } finally {
            workers.forEach(ServingWorker::close);
        }
    }

    @Test
    void growingWhileServingLosesNothingAndSendsNothingToTheNewShardsYet() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 2);
        socket.steer(LOWER);
        var workers = IntStream.range(0, 2)
                .mapToObj(shard -> new ServingWorker(socket.listener(shard), shard))
                .toList();

        // when
        try (var clients = new Clients(socket.address(), 3, 2_000)) {
            for (int shards = 3; shards <= 12; shards++) {
                socket.grow(shards);
                poller.poll(Duration.ofMillis(1));
            }
            clients.join();

            // then
            assertThat(clients.failures()).isEmpty();
            assertThat(IntStream.range(2, 12).map(socket::queued).sum()).isZero();
        } finally {
            workers.forEach(ServingWorker::close);
        }
        assertEachShardIsReached(socket);
    }

    @Test
    void aForeignBacklogIsPutRight() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 2);
        Intruder.listen(socket.listener(1), 5);

        // when
        socket.restoreBacklog(0);
        socket.restoreBacklog(1);

        // then
        assertThat(socket.listener(1).queue().orElseThrow().limit())
                .isEqualTo(socket.listener(0).queue().orElseThrow().limit())
                .isGreaterThan(5);
    }

    @Test
    void aListenerShutDownByAnotherHolderIsMended() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        socket.steer(Set.of(0, 1, 2));
        watch(socket);
        try (var worker = new ServingWorker(socket.listener(1), 1)) {

            // when
            Intruder.shutDown(socket.listener(1));
            pollUntil(ShardLost.class, 1);
            var meanwhile = spread(socket, socket.address(), 300);
            socket.check();

            // then
            assertThat(events).containsExactly(new ShardLost(socket, 1), new ShardMended(socket, 1));
            assertThat(meanwhile[0] + meanwhile[2]).isEqualTo(300);
            assertThat(meanwhile[3]).isZero();
            socket.steer(Set.of(1));
            try (var clients = new Clients(socket.address(), 2, 100)) {
                clients.join();
                assertThat(clients.failures()).isEmpty();
                assertThat(clients.answersOf(1)).isEqualTo(100);
            }
            assertThat(worker.served()).isEqualTo(100);
        }
        assertEachShardIsReached(socket);
        assertThat(poller.poll(Duration.ZERO)).isZero();
    }

    @Test
    void theOrderStaysKnownThroughRandomShutdowns() throws IOException {
        var random = new Random(20260102);
        var socket = open("127.0.0.1", Distribution.SHARDED, 5);
        watch(socket);
        for (int round = 0; round < 40; round++) {
            events.clear();
            socket.steer(random.ints(2, 0, 5).boxed().collect(Collectors.toSet()));
            var victims = new ArrayList<>(List.of(0, 1, 2, 3, 4));
            Collections.shuffle(victims, random);
            int count = 1 + random.nextInt(5);

            victims.subList(0, count).forEach(shard -> Intruder.shutDown(socket.listener(shard)));
            pollUntil(ShardLost.class, count);
            socket.check();

            assertThat(events.stream().filter(ShardMended.class::isInstance))
                    .as(events::toString)
                    .hasSize(count);
            assertEachShardIsReached(socket);
        }
    }

    @Test
    void whenNobodyElseCanTakeItsConnectionsAShardIsMendedAtOnce() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 1);
        watch(socket);

        // when
        Intruder.shutDown(socket.listener(0));
        pollUntil(ShardMended.class, 1);

        // then
        assertThat(spread(socket, socket.address(), 20)).containsExactly(20);
    }

    @Test
    void aShardThatItsWorkerMadeToListenAgainIsPutInItsPlace() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        socket.steer(ALL);
        watch(socket);
        Intruder.shutDown(socket.listener(1));
        pollUntil(ShardLost.class, 1);

        // when
        Intruder.listen(socket.listener(1), 5);
        socket.check();

        // then
        assertThat(socket.listener(1).queue().orElseThrow().limit()).isGreaterThan(5);
        assertEachShardIsReached(socket);
    }

    @Test
    void whatThePollerDidNotTellTheSecondCheckFinds() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        Intruder.shutDown(socket.listener(2));

        // when
        socket.check();
        boolean afterFirst = socket.listener(2).queue().orElseThrow().listening();
        socket.check();

        // then
        assertThat(afterFirst).isFalse();
        assertThat(socket.listener(2).queue().orElseThrow().listening()).isTrue();
        assertEachShardIsReached(socket);
    }

    @Test
    void aListenerThatCannotJoinItsGroupAgainIsReplaced() throws IOException {
        // given a program that met the listener while it was shut down
        var socket = open("127.0.0.1", Distribution.SHARDED, 4);
        watch(socket);
        Intruder.shutDown(socket.listener(2));
        pollUntil(ShardLost.class, 1);
        socket.listener(2).attachSteering(SynFilter.PROGRAM);

        // when
        socket.check();

        // then
        assertThat(events).containsExactly(new ShardLost(socket, 2), new ListenerReplaced(socket, 2));
        assertEachShardIsReached(socket);
        Intruder.shutDown(socket.listener(2));
        pollUntil(ShardLost.class, 2);
    }

    private static int port(PoolSocket socket) {
        return ((InetSocketAddress) socket.address()).getPort();
    }

    @Test
    void anotherBacklogIsTakenOverByEveryListener() {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 2);

        // when
        socket.changeBacklog(7);

        // then
        for (int shard = 0; shard < socket.shards(); shard++) {
            assertThat(socket.listener(shard).queue().orElseThrow().limit()).isEqualTo(7);
        }
        assertThat(socket.spec().backlog()).isEqualTo(7);
    }
}
