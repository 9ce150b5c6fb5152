package dev.drover.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.handoff.fixtures.OpenFiles;
import dev.drover.handoff.fixtures.RawPeer;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.UnixSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandleClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(20);

    @TempDir
    Path directory;

    private long openBefore;
    private Pipe pipe;
    private RawPeer master;
    private HandleClient client;

    @BeforeEach
    void connect() {
        openBefore = OpenFiles.count();
        pipe = Pipe.open();
        var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        client = new HandleClient(pair.first());
        master = RawPeer.of(pair.second());
    }

    @AfterEach
    void everythingIsClosed() {
        client.close();
        master.close();
        pipe.close();
        assertThat(OpenFiles.count()).isEqualTo(openBefore);
    }

    private Joined join() {
        return join(MasterFrames.joined("web", "ticket", 1, List.of(), List.of()));
    }

    /// The answer is there before the question: nobody waits.
    private Joined join(byte[] answer, Fd... descriptors) {
        master.send(answer, descriptors);
        return client.join("web-0", 1, "token", TIMEOUT);
    }

    private byte[] transfer(long id, int handles) {
        var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 80);
        return MasterFrames.transfer(
                id,
                IntStream.range(0, handles)
                        .mapToObj(_ -> new Handle(HandleKind.CONNECTION, "http", address, 0, pipe.readEnd()))
                        .toList());
    }

    @Test
    void joinsWithWhatItWasGiven() {
        // when
        var joined = join();

        // then
        assertThat(joined).isEqualTo(new Joined("web", "ticket", 1, List.of(), List.of()));
        assertThat(WorkerFrames.read(master.receive(), List.of())).isEqualTo(new FromWorker.Join("web-0", 1, "token"));
    }

    @Test
    void refusalCarriesItsReason() {
        for (var reason : JoinRefusal.values()) {
            var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
            try (var refused = new HandleClient(pair.first());
                    var master = RawPeer.of(pair.second())) {
                master.send(MasterFrames.joinRefused(reason, "because"));
                assertThatThrownBy(() -> refused.join("web-0", 1, "token", TIMEOUT))
                        .isInstanceOfSatisfying(
                                JoinRefusedException.class,
                                refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                        .hasMessageContaining("because")
                        .hasMessageContaining("web-0");
            }
        }
    }

    @Test
    void answersThatAreNoneAreErrorsAndLeaveNothingOpen() {
        assertJoinFails("answered with a transfer", transfer(2, 1), 1);
        assertJoinFails("malformed", new byte[] {1, 2, 3}, 1);
        assertJoinFails(
                "1 descriptors for 0 handles", MasterFrames.joined("web", "ticket", 1, List.of(), List.of()), 1);
        assertJoinFails("descriptors were cut off", transfer(2, 65), 65);
        assertJoinFails("payload was cut off", new byte[65_537], 1);
    }

    private void assertJoinFails(String why, byte[] answer, int descriptors) {
        var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        try (var joining = new HandleClient(pair.first());
                var master = RawPeer.of(pair.second())) {
            master.trySend(
                    answer,
                    IntStream.range(0, descriptors)
                            .mapToObj(_ -> pipe.readEnd())
                            .toList());
            assertThatThrownBy(() -> joining.join("web-0", 1, "token", TIMEOUT))
                    .isInstanceOf(HandoffException.class)
                    .hasMessageContaining(why);
        }
    }

    @Test
    void silentMasterIsAnErrorAfterTheTimeout() {
        assertThatThrownBy(() -> client.join("web-0", 1, "token", SHORT))
                .isInstanceOf(HandoffException.class)
                .hasMessageContaining("no answer within");
    }

    @Test
    void masterThatIsGoneIsAnErrorOfTheJoin() {
        // given
        master.close();

        // when
        assertThatThrownBy(() -> client.join("web-0", 1, "token", TIMEOUT))
                // then
                .isInstanceOf(HandoffException.class);
    }

    @Test
    void receivesTransfersInTheirOrderAndAnswersThem() {
        // given
        join();
        master.receive();
        master.send(transfer(2, 1), pipe.readEnd());
        master.send(transfer(3, 2), pipe.readEnd(), pipe.writeEnd());

        // when
        var first = (Received.Transferred) client.receive();
        var second = (Received.Transferred) client.receive();
        client.acknowledge(2);
        client.refuse(3, "no room");
        client.acknowledge(1);

        // then
        assertThat(first.transferId()).isEqualTo(2);
        assertThat(second.handles()).hasSize(2);
        assertThat(said()).isEqualTo(new FromWorker.Acknowledged(List.of(2L)));
        assertThat(said()).isEqualTo(new FromWorker.Refused(3, "no room"));
        assertThat(said()).isEqualTo(new FromWorker.Acknowledged(List.of(1L)));
        close(first);
        close(second);
    }

    @Test
    void takesWhatHasArrivedWithoutWaitingAndAcknowledgesItTogether() {
        // given
        join();
        master.receive();
        master.send(transfer(2, 1), pipe.readEnd());
        master.send(transfer(3, 1), pipe.readEnd());

        // when
        var first = client.receiveArrived().orElseThrow();
        var second = client.receiveArrived().orElseThrow();
        var third = client.receiveArrived();
        client.acknowledge(List.of(3L, 2L));

        // then
        assertThat(third).isEmpty();
        assertThat(said()).isEqualTo(new FromWorker.Acknowledged(List.of(3L, 2L)));
        assertThatThrownBy(() -> client.acknowledge(2)).isInstanceOf(IllegalArgumentException.class);
        close(first);
        close(second);
    }

    @Test
    void noneAndTooManyAreNotAcknowledgedAtOnce() {
        // given
        join();
        var tooMany = LongStream.rangeClosed(1, HandoffLimits.MAX_ACKNOWLEDGED + 1)
                .boxed()
                .toList();

        // when
        assertThatThrownBy(() -> client.acknowledge(tooMany))
                // then
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65");
        assertThatThrownBy(() -> client.acknowledge(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tellsWhichListenerIsWantedBackAndAnswersThat() {
        // given
        join();
        master.receive();
        var address = UnixDomainSocketAddress.of("/run/app.sock");
        master.send(MasterFrames.withdrawal(2, "local", address));

        // when
        var received = client.receive();
        client.acknowledge(2);

        // then
        assertThat(received).isEqualTo(new Received.Withdrawn(2, "local", address));
        assertThatThrownBy(() -> client.refuse(2, "no")).isInstanceOf(IllegalArgumentException.class);
    }

    private FromWorker said() {
        return WorkerFrames.read(master.receive(), List.of());
    }

    private static void close(Received received) {
        ((Received.Transferred) received)
                .handles()
                .forEach(handle -> handle.descriptor().close());
    }

    @Test
    void answeringWhatWasNotReceivedIsABug() {
        // given
        join();
        client.acknowledge(1);

        // then
        assertThatThrownBy(() -> client.acknowledge(1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.refuse(2, "no")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void callsOutOfOrderAreBugs() {
        assertThatThrownBy(() -> client.receive()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.ready()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.draining()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.acknowledge(1)).isInstanceOf(IllegalArgumentException.class);
        join();
        assertThatThrownBy(() -> client.join("web-0", 1, "token", TIMEOUT)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> client.join("web-0", 1, "token", Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatTheMasterSentBeforeItLeftIsReceived() {
        // given
        join();
        master.send(transfer(2, 1), pipe.readEnd());
        master.close();

        // when
        var first = client.receive();
        var second = client.receive();
        var third = client.receive();

        // then
        assertThat(first).isInstanceOf(Received.Transferred.class);
        assertThat(second).isEqualTo(new Received.MasterGone("the master closed the connection"));
        assertThat(third).isInstanceOf(Received.MasterGone.class);
        assertThatThrownBy(() -> client.acknowledge(2)).isInstanceOf(HandoffException.class);
        assertThatThrownBy(() -> client.ready()).isInstanceOf(HandoffException.class);
        close(first);
    }

    @Test
    void masterThatBreaksTheContractIsGone() {
        assertGoneAfter("malformed frame", new byte[] {1, 2, 3}, 2);
        assertGoneAfter("repeated transfer 1", transfer(1, 1), 1);
        assertGoneAfter("2 descriptors for 1 handles", transfer(2, 1), 2);
        assertGoneAfter("0 descriptors for 1 handles", transfer(2, 1), 0);
        assertGoneAfter("descriptors were cut off", transfer(2, 65), 65);
        assertGoneAfter("a Join that was not sent", MasterFrames.joined("web", "ticket", 3, List.of(), List.of()), 0);
        assertGoneAfter("refused", MasterFrames.joinRefused(JoinRefusal.NOT_EXPECTED, ""), 0);
    }

    private void assertGoneAfter(String why, byte[] frame, int descriptors) {
        var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
        try (var worker = new HandleClient(pair.first());
                var master = RawPeer.of(pair.second())) {
            master.send(MasterFrames.joined("web", "ticket", 1, List.of(), List.of()));
            var unused = worker.join("web-0", 1, "token", TIMEOUT);
            assertThat(unused.listeners()).isEmpty();
            assertThat(master.trySend(
                            frame,
                            IntStream.range(0, descriptors)
                                    .mapToObj(_ -> pipe.readEnd())
                                    .toList()))
                    .isTrue();
            assertThat(worker.receive())
                    .isInstanceOfSatisfying(
                            Received.MasterGone.class,
                            gone -> assertThat(gone.why()).contains(why));
            assertThat(worker.receive()).isInstanceOf(Received.MasterGone.class);
            master.receive();
            assertThat(master.receive()).isEmpty();
        }
    }

    @Test
    void openTransfersAreBounded() {
        // given
        join();
        for (long id = 2; id <= HandoffLimits.MAX_OPEN_TRANSFERS; id++) {
            master.send(transfer(id, 1), pipe.readEnd());
            close(client.receive());
        }
        master.send(transfer(5_000, 1), pipe.readEnd());

        // when
        var received = client.receive();

        // then
        assertThat(received)
                .isInstanceOfSatisfying(
                        Received.MasterGone.class,
                        gone -> assertThat(gone.why()).contains("1024"));
    }

    @Test
    void closingWakesWhoWaits() throws Exception {
        // given
        join();
        var entered = new CountDownLatch(1);
        var waiting = new FutureTask<>(() -> {
            entered.countDown();
            return client.receive();
        });
        Thread.ofPlatform().daemon().name("handles").start(waiting);
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

        // when
        client.close();

        // then
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isEqualTo(new Received.MasterGone("closed by this side"));
        assertThat(client.receive()).isEqualTo(new Received.MasterGone("closed by this side"));
        assertThatThrownBy(() -> client.ready()).isInstanceOf(HandoffException.class);
    }

    @Test
    void sendersOnManyThreadsDoNotMixTheirFrames() throws Exception {
        // given
        join();
        master.receive();
        for (long id = 2; id <= 200; id++) {
            master.send(transfer(id, 1), pipe.readEnd());
            close(client.receive());
        }

        // when
        var senders = IntStream.range(0, 4)
                .mapToObj(first -> Thread.ofPlatform().start(() -> {
                    for (long id = first + 1L; id <= 200; id += 4) {
                        client.acknowledge(id);
                    }
                }))
                .toList();

        // then
        var acknowledged = IntStream.range(0, 200).mapToObj(_ -> said()).toList();
        assertThat(acknowledged).doesNotHaveDuplicates().allMatch(FromWorker.Acknowledged.class::isInstance);
        for (var sender : senders) {
            sender.join();
        }
    }

    @Test
    void nobodyListeningIsAnErrorWithThePath() {
        var path = directory.resolve("nobody.sock");
        assertThatThrownBy(() -> HandleClient.connect(path, TIMEOUT))
                .isInstanceOf(HandoffException.class)
                .hasMessageContaining(path.toString())
                .hasMessageContaining("ENOENT");
    }

    @Test
    void fullBacklogIsAnErrorAfterTheTimeoutAndLeavesNothingOpen() {
        // given: a backlog of 0 has room for one
        var path = directory.resolve("busy.sock");
        try (var listener = UnixSocket.listen(path, UnixSocket.Type.SEQPACKET, 0);
                var first = HandleClient.connect(path, TIMEOUT)) {
            // when
            assertThatThrownBy(() -> HandleClient.connect(path, SHORT))
                    // then
                    .isInstanceOf(HandoffException.class)
                    .hasMessageContaining("no answer within");

            // The abandoned one gets through now, and must be closed by the thread that waited.
            listener.accept().orElseThrow().close();
            try (var abandoned = RawPeer.of(listener.accept().orElseThrow())) {
                assertThat(abandoned.receive()).isEmpty();
            }
            assertThatThrownBy(() -> first.join("web-0", 1, "token", TIMEOUT)).isInstanceOf(HandoffException.class);
        }
    }
}
