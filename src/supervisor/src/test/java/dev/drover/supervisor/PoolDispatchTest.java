package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.dispatch.DispatchLimits;
import dev.drover.supervisor.dispatch.DispatchPolicy;
import dev.drover.supervisor.dispatch.fixtures.DispatchPlay;
import dev.drover.supervisor.socket.fixtures.Await;
import dev.drover.supervisor.socket.fixtures.Clients;
import dev.drover.supervisor.socket.fixtures.Descriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Dispatching over real sockets, with workers that are threads.
@Timeout(120)
class PoolDispatchTest {
    private static final DispatchLimits QUICK =
            new DispatchLimits(Duration.ofMillis(300), Duration.ofMillis(50), 128, 4_096);

    @TempDir
    Path directory;

    private final long openBefore = openAfterFirstUse();

    /// The JDK keeps a descriptor of its own from the first channel that is closed.
    private static long openAfterFirstUse() {
        try (var server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                var client = SocketChannel.open(server.getLocalAddress())) {
            assertThat(client.isConnected()).isTrue();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Descriptors.sockets();
    }

    @AfterEach
    void everythingIsClosed() {
        assertThat(Descriptors.sockets()).isEqualTo(openBefore);
    }

    private static SocketSpec tcp(DispatchPolicy policy) {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return SocketSpec.dispatched("http", address, 1_024, policy);
    }

    private DispatchingPool pool(DispatchLimits limits) {
        return new DispatchingPool(directory.resolve("handles.sock"), limits, tcp(DispatchPolicy.roundRobin()));
    }

    private static FakeWorker worker(DispatchingPool pool, int ordinal, int number) {
        var worker = new FakeWorker(pool.handles(), DispatchPlay.worker(ordinal, number));
        Await.until(() -> pool.isReady(worker.incarnation()), () -> worker.incarnation() + " is not ready");
        return worker;
    }

    /// Who answered; nobody else did.
    private static int answer(SocketChannel client) throws IOException {
        int name = Clients.readName(client);
        assertThat(client.read(ByteBuffer.allocate(1))).as("only one answer").isEqualTo(-1);
        return name;
    }

    @Test
    void connectionsWaitInTheKernelUntilSomebodyIsReady() throws IOException {
        try (var pool = pool(DispatchLimits.DEFAULT);
                var client = SocketChannel.open(pool.address(0))) {
            // given
            assertThat(pool.inHand()).isZero();
            assertThat(pool.queued()).isOne();

            // when
            try (var worker = worker(pool, 3, 1)) {
                worker.serve(1);

                // then
                assertThat(answer(client)).isEqualTo(3);
                assertThat(pool.queued()).isZero();
            }
        }
    }

    @Test
    void theMasterKeepsItsOwnUntilTheWorkerHasAcknowledged() throws IOException {
        try (var pool = pool(DispatchLimits.DEFAULT);
                var worker = worker(pool, 0, 1);
                var client = SocketChannel.open(pool.address(0));
                var given = worker.receive()) {
            // given
            assertThat(pool.inHand()).isOne();

            // when
            worker.client().acknowledge(given.transferId());

            // then
            Await.until(() -> pool.inHand() == 0, () -> pool.inHand() + " in hand");
            worker.answer(given);
            given.drop();
            assertThat(answer(client)).isZero();
        }
    }

    @Test
    void exactlyWhatADeadWorkerHadNotAcknowledgedOfABatchGoesToAnother() throws Exception {
        try (var pool = pool(DispatchLimits.DEFAULT);
                var first = worker(pool, 0, 1)) {
            // given: four connections, of which the frame of two acknowledgements is its last word
            var clients = new ArrayList<SocketChannel>();
            var given = new ArrayList<FakeWorker.Given>();
            for (int i = 0; i < 4; i++) {
                clients.add(SocketChannel.open(pool.address(0)));
                given.add(first.receive());
            }
            first.client()
                    .acknowledge(List.of(given.get(1).transferId(), given.get(2).transferId()));
            given.forEach(FakeWorker.Given::drop);

            // when
            first.die();
            pool.gone(first.incarnation());

            // then: the two it had taken over died with it, and nobody else has them
            try (var second = worker(pool, 1, 1)) {
                second.serve(2);
                assertThat(answer(clients.get(0))).isOne();
                assertThat(answer(clients.get(3))).isOne();
                assertThat(clients.get(1).read(ByteBuffer.allocate(1))).isEqualTo(-1);
                assertThat(clients.get(2).read(ByteBuffer.allocate(1))).isEqualTo(-1);
                Await.until(() -> pool.inHand() == 0, () -> pool.inHand() + " in hand");
            }
            for (var client : clients) {
                client.close();
            }
        }
    }

    @Test
    void whatHasWaitedGoesToAWorkerWithOneTransfer() throws IOException {
        try (var pool = pool(DispatchLimits.DEFAULT)) {
            // given
            var clients = Clients.hold(pool.address(0), 5);

            // when: the first takes it to its grave, the second refuses it once
            try (var first = worker(pool, 0, 1);
                    var given = first.receive()) {
                assertThat(given.handles()).hasSize(5);
                given.drop();
                first.die();
                pool.gone(first.incarnation());
            }
            try (var second = worker(pool, 1, 1)) {
                var refused = second.receive();
                assertThat(refused.handles()).hasSize(5);
                refused.drop();
                second.client().refuse(refused.transferId(), "not now");
                second.serve(5);

                // then
                for (var client : clients) {
                    assertThat(answer(client)).isOne();
                }
                Await.until(() -> pool.inHand() == 0, () -> pool.inHand() + " in hand");
            }
            Clients.closeAll(clients);
        }
    }

    @Test
    void whatAWorkerRefusesGoesToAnother() throws IOException {
        try (var pool = pool(DispatchLimits.DEFAULT);
                var first = worker(pool, 0, 1);
                var client = SocketChannel.open(pool.address(0));
                var second = worker(pool, 1, 1)) {
            // given
            var given = first.receive();

            // when
            given.drop();
            first.client().refuse(given.transferId(), "not now");

            // then
            second.serve(1);
            assertThat(answer(client)).isOne();
        }
    }

    @Test
    void aSocketThatComesLaterIsServedAndOneThatGoesTakesNothingAway() throws IOException {
        try (var pool = pool(DispatchLimits.DEFAULT);
                var worker = worker(pool, 0, 1)) {
            // when
            int admin = pool.add(SocketSpec.dispatched(
                    "admin",
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    16,
                    DispatchPolicy.roundRobin()));
            try (var client = SocketChannel.open(pool.address(admin));
                    var other = SocketChannel.open(pool.address(0))) {
                worker.serve(2);

                // then
                assertThat(answer(client)).isZero();
                assertThat(answer(other)).isZero();
            }
            pool.remove(admin);
            try (var client = SocketChannel.open(pool.address(0))) {
                worker.serve(1);
                assertThat(answer(client)).isZero();
            }
            assertThat(pool.unwilling()).isEmpty();
        }
    }

    @Test
    void aWorkerThatRefusesWhatCameAfterItIsUnwillingOnce() throws IOException {
        try (var pool = pool(QUICK);
                var worker = worker(pool, 0, 1)) {
            // given
            int admin = pool.add(SocketSpec.dispatched(
                    "admin",
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                    16,
                    DispatchPolicy.roundRobin()));

            // when
            try (var client = SocketChannel.open(pool.address(admin))) {
                for (int i = 0; i < 2; i++) {
                    var given = worker.receive();
                    given.drop();
                    worker.client().refuse(given.transferId(), "nobody takes connections of admin");
                }
                try (var next = worker(pool, 0, 2)) {
                    next.serve(1);

                    // then
                    assertThat(answer(client)).isZero();
                }
            }
            assertThat(pool.unwilling()).containsExactly("web-0.1 [admin]");
        }
    }

    @Test
    void whatAllRefuseIsOfferedAgainAfterAPause() throws IOException {
        try (var pool = pool(QUICK);
                var only = worker(pool, 0, 1);
                var client = SocketChannel.open(pool.address(0))) {
            // given
            for (int i = 0; i < 3; i++) {
                var given = only.receive();
                given.drop();
                only.client().refuse(given.transferId(), "not now");
            }

            // when
            only.serve(1);

            // then
            assertThat(answer(client)).isZero();
        }
    }

    @Test
    void aHungWorkersConnectionGoesToAnotherOnlyOnceItIsDead() throws Exception {
        try (var pool = pool(QUICK);
                var hanging = worker(pool, 0, 1);
                var client = SocketChannel.open(pool.address(0));
                var given = hanging.receive();
                var other = worker(pool, 1, 1)) {
            // when
            assertThat(pool.awaitHung()).isEqualTo(hanging.incarnation());

            // then: it gets nothing more, and keeps what it has
            try (var second = SocketChannel.open(pool.address(0))) {
                other.serve(1);
                assertThat(answer(second)).isOne();
            }
            assertThat(pool.inHand()).isOne();
            given.drop();
            hanging.die();
            pool.gone(hanging.incarnation());
            other.serve(1);
            assertThat(answer(client)).isOne();
        }
    }

    @Test
    void whatAWorkerSaysAtTheLastMomentIsHeardBeforeItIsJudged() throws Exception {
        try (var pool = pool(QUICK);
                var slow = worker(pool, 0, 1);
                var client = SocketChannel.open(pool.address(0));
                var given = slow.receive()) {
            // given: the loop is held up beyond the time in which it should have been acknowledged
            pool.ask(() -> {
                slow.client().acknowledge(given.transferId());
                long end = System.nanoTime()
                        + QUICK.acknowledgement().multipliedBy(2).toNanos();
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                return true;
            });

            // when
            slow.answer(given);
            given.drop();

            // then
            assertThat(answer(client)).isZero();
            try (var second = SocketChannel.open(pool.address(0))) {
                slow.serve(1);
                assertThat(answer(second)).as("it is not taken for hung").isZero();
            }
        }
    }

    @Test
    void nobodyIsAcceptedWhileNoWorkerHasRoom() throws IOException {
        var narrow = new DispatchLimits(Duration.ofSeconds(60), Duration.ofMillis(50), 2, 4_096);
        try (var pool = pool(narrow);
                var worker = worker(pool, 0, 1)) {
            // given
            var clients = Clients.hold(pool.address(0), 5);
            Await.until(() -> pool.inHand() == 2, () -> pool.inHand() + " in hand");
            assertThat(pool.queued()).isEqualTo(3);

            // when
            worker.serve(5);

            // then
            for (var client : clients) {
                assertThat(answer(client)).isZero();
            }
            Clients.closeAll(clients);
        }
    }

    @Test
    void unixConnectionsAreGivenToo() throws IOException {
        var path = directory.resolve("app.sock");
        var spec = SocketSpec.dispatched("local", UnixDomainSocketAddress.of(path), 16, DispatchPolicy.clientAddress());
        try (var pool = new DispatchingPool(directory.resolve("handles.sock"), DispatchLimits.DEFAULT, spec);
                var worker = worker(pool, 2, 1);
                var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            // when
            var given = worker.receive();
            worker.serve(given);

            // then
            assertThat(given.handles().getFirst().socketName()).isEqualTo("local");
            assertThat(given.handles().getFirst().address()).isEqualTo(UnixDomainSocketAddress.of(path));
            assertThat(answer(client)).isEqualTo(2);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void aPolicyOfTheProgramChooses() throws IOException {
        // given
        var seen = new ConcurrentLinkedQueue<SocketAddress>();
        DispatchPolicy last = (connection, candidates) -> {
            seen.add(connection.localAddress());
            return candidates.size() - 1;
        };
        try (var pool = new DispatchingPool(directory.resolve("handles.sock"), DispatchLimits.DEFAULT, tcp(last));
                var _ = worker(pool, 0, 1);
                var second = worker(pool, 1, 1)) {
            // when
            for (int i = 0; i < 3; i++) {
                try (var client = SocketChannel.open(pool.address(0))) {
                    second.serve(1);

                    // then
                    assertThat(answer(client)).isOne();
                }
            }
            assertThat(seen).containsOnly(pool.address(0)).hasSize(3);
        }
    }

    @Test
    void whatIsInHandAtTheEndIsClosed() throws IOException {
        try (var worker = endWithOneInHand()) {
            assertThat(worker.incarnation().number()).isOne();
        }
    }

    private FakeWorker endWithOneInHand() throws IOException {
        // given
        var pool = pool(DispatchLimits.DEFAULT);
        var worker = worker(pool, 0, 1);
        try (var client = SocketChannel.open(pool.address(0))) {
            worker.receive().drop();
            assertThat(pool.inHand()).isOne();

            // when
            pool.close();

            // then
            assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        return worker;
    }

    /// Workers die at random moments: with connections they have not received, and with one they have received and
    /// not acknowledged.
    @Test
    void everyClientIsAnsweredOnceWhileAThousandWorkersDie() throws Exception {
        int places = 8;
        int deaths = 1_000;
        try (var pool = pool(DispatchLimits.DEFAULT)) {
            var address = pool.address(0);
            var left = new AtomicInteger(deaths);
            var alive = new AtomicInteger(places);
            var served = new AtomicInteger();
            var failures = new ConcurrentLinkedQueue<Throwable>();
            var workers = new ArrayList<Thread>();
            for (int place = 0; place < places; place++) {
                int ordinal = place;
                workers.add(start("place-" + place, failures, () -> {
                    var random = new Random(ordinal);
                    try {
                        for (int number = 1; left.getAndDecrement() > 0; number++) {
                            liveAndDie(pool, DispatchPlay.worker(ordinal, number), random);
                        }
                    } finally {
                        alive.decrementAndGet();
                    }
                }));
            }

            // when
            var clients = new ArrayList<Thread>();
            for (int i = 0; i < 32; i++) {
                clients.add(start("client-" + i, failures, () -> {
                    while (alive.get() > 0) {
                        ask(address);
                        served.incrementAndGet();
                    }
                }));
            }
            for (var worker : workers) {
                worker.join();
            }
            try (var last = worker(pool, 9, 1)) {
                var lastThread = start("last", failures, () -> last.serve(Integer.MAX_VALUE));
                for (var client : clients) {
                    client.join();
                }
                Await.until(() -> pool.inHand() == 0, () -> pool.inHand() + " in hand");
                last.die();
                lastThread.join();
            }

            // then
            assertThat(failures).allMatch(failure -> failure.toString().contains("closed by this side"));
            assertThat(pool.problems()).isEmpty();
            assertThat(served).hasValueGreaterThan(deaths);
        }
    }

    private interface Task {
        void run() throws Exception;
    }

    private static Thread start(String name, ConcurrentLinkedQueue<Throwable> failures, Task task) {
        return Thread.ofPlatform().name(name).start(() -> {
            try {
                task.run();
            } catch (Exception | AssertionError failure) {
                failures.add(failure);
            }
        });
    }

    private static void ask(SocketAddress address) throws IOException {
        try (var client = Clients.connect(address)) {
            answer(client);
        }
    }

    private static void liveAndDie(DispatchingPool pool, Incarnation incarnation, Random random) {
        try (var worker = new FakeWorker(pool.handles(), incarnation)) {
            worker.serve(random.nextInt(12));
            switch (random.nextInt(3)) {
                // Between receiving and acknowledging.
                case 0 -> worker.receive().drop();
                // The same, having refused one before.
                case 1 -> {
                    var given = worker.receive();
                    given.drop();
                    worker.client().refuse(given.transferId(), "no");
                    worker.receive().drop();
                }
                // With whatever is on its way.
                default -> {}
            }
        }
        pool.gone(incarnation);
    }

    @Test
    void leastConnectionsCountsWhatHasEnded() throws IOException {
        try (var pool = new DispatchingPool(
                        directory.resolve("handles.sock"),
                        DispatchLimits.DEFAULT,
                        tcp(DispatchPolicy.leastConnections()));
                var first = worker(pool, 0, 1)) {
            // given: two open connections of the first, then a second worker
            var held = new ArrayList<FakeWorker.Given>();
            var clients = new ArrayList<SocketChannel>();
            for (int i = 0; i < 2; i++) {
                clients.add(Clients.connect(pool.address(0)));
                var given = first.receive();
                first.client().acknowledge(given.transferId());
                held.add(given);
            }
            try (var second = worker(pool, 1, 1)) {
                for (int i = 0; i < 2; i++) {
                    clients.add(Clients.connect(pool.address(0)));
                    var given = second.receive();
                    second.client().acknowledge(given.transferId());
                    held.add(given);
                }

                // when
                first.client().connectionsEnded(2);

                // then
                for (int i = 0; i < 2; i++) {
                    clients.add(Clients.connect(pool.address(0)));
                    held.add(first.receive());
                }
            }
            held.forEach(FakeWorker.Given::drop);
            Clients.closeAll(clients);
        }
    }

    @Test
    void roundRobinIsExact() throws Exception {
        int each = 500;
        try (var pool = pool(DispatchLimits.DEFAULT);
                var a = worker(pool, 0, 1);
                var b = worker(pool, 1, 1);
                var c = worker(pool, 2, 1);
                var d = worker(pool, 3, 1)) {
            // given
            var failures = new ConcurrentLinkedQueue<Throwable>();
            var threads = new ArrayList<Thread>();
            for (var worker : List.of(a, b, c, d)) {
                threads.add(start("worker", failures, () -> worker.serve(each)));
            }

            // when
            try (var clients = new Clients(pool.address(0), 8, 4 * each)) {
                clients.join();

                // then
                assertThat(clients.failures()).isEmpty();
                assertThat(List.of(
                                clients.answersOf(0), clients.answersOf(1), clients.answersOf(2), clients.answersOf(3)))
                        .containsOnly(each);
            }
            for (var thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
        }
    }
}
