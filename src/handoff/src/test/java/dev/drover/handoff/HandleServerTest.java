package dev.drover.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.handoff.fixtures.Master;
import dev.drover.handoff.fixtures.OpenFiles;
import dev.drover.handoff.fixtures.RawPeer;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.Poller;
import dev.drover.posix.UnixSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HandleServerTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final byte[] JOIN = WorkerFrames.join("web-0", 1, "token");

    @TempDir
    Path directory;

    private long openBefore;
    private Path path;
    private Master master;
    private Pipe pipe;

    @BeforeEach
    void start() {
        openBefore = OpenFiles.count();
        pipe = Pipe.open();
        path = directory.resolve("handles.sock");
        master = new Master(path);
    }

    @AfterEach
    void everythingIsClosedAndNothingWentUnseen() {
        master.close();
        pipe.close();
        assertThat(master.journal().lines()).noneMatch(line -> line.startsWith("uncaught"));
        assertThat(OpenFiles.count()).isEqualTo(openBefore);
        assertThat(path).doesNotExist();
    }

    private Handle handle(String name) {
        return handle(name, pipe.readEnd());
    }

    private static Handle handle(String name, Fd fd) {
        var address = new InetSocketAddress(InetAddress.ofLiteral("::"), 8080);
        return new Handle(HandleKind.LISTENER, name, address, 511, fd);
    }

    private List<Handle> handles(int count) {
        return IntStream.range(0, count).mapToObj(i -> handle("s" + i)).toList();
    }

    private RawPeer joined(String worker) {
        var peer = RawPeer.connect(path);
        peer.send(WorkerFrames.join(worker, 1, "token"));
        assertThat(MasterFrames.read(peer.receive(), List.of())).isInstanceOf(FromMaster.Joined.class);
        return peer;
    }

    /// Somebody else joins and is heard: the loop lives and serves.
    private void assertOthersAreServed() {
        try (var other = joined("other-0")) {
            other.send(WorkerFrames.ready());
            master.journal().await("other-0 ready");
        }
        master.journal().await("other-0 closed");
    }

    private static FromMaster.JoinRefused refusal(RawPeer peer) {
        var read = MasterFrames.read(peer.receive(), List.of());
        assertThat(read).isInstanceOf(FromMaster.JoinRefused.class);
        assertThat(peer.receive()).isEmpty();
        return (FromMaster.JoinRefused) read;
    }

    @Test
    void workerJoinsServesAndDrains() {
        // given
        master.policy(request -> {
            master.journal().write("asked " + request.worker() + " " + request.incarnation() + " " + request.token());
            return master.admitted(request, handles(2));
        });

        // when
        try (var client = HandleClient.connect(path, TIMEOUT)) {
            var joined = client.join("web-0", 7, "token", TIMEOUT);
            client.acknowledge(joined.transferId());
            client.ready();
            client.draining();
            master.journal().await("web-0 draining");
            assertThat(joined.pool()).isEqualTo("web");
            assertThat(joined.ticket()).isEqualTo("ticket");
            assertThat(joined.listeners()).extracting(Handle::socketName).containsExactly("s0", "s1");
            joined.listeners().forEach(listener -> listener.descriptor().close());
        }
        master.journal().await("web-0 closed");

        // then
        assertThat(master.journal().lines())
                .containsExactly(
                        "asked web-0 7 token",
                        "web-0 joined",
                        "web-0 acknowledged 1",
                        "web-0 ready",
                        "web-0 draining",
                        "web-0 closed the worker closed the connection");
    }

    @Test
    void receivedDescriptorIsTheOneThatWasSent() {
        // given
        master.policy(request -> master.admitted(request, List.of(handle("http", pipe.writeEnd()))));

        // when
        try (var client = HandleClient.connect(path, TIMEOUT)) {
            var joined = client.join("web-0", 1, "token", TIMEOUT);
            try (var received = joined.listeners().getFirst().descriptor()) {
                received.write(ByteBuffer.wrap(new byte[] {42}));
            }
        }

        // then
        var read = ByteBuffer.allocate(1);
        pipe.readEnd().read(read);
        assertThat(read.get(0)).isEqualTo((byte) 42);
    }

    @Test
    void sixtyFourHandlesTravelInOneFrameOfEitherKind() {
        // given
        master.policy(request -> master.admitted(request, handles(64)));

        try (var client = HandleClient.connect(path, TIMEOUT)) {
            // when
            var joined = client.join("web-0", 1, "token", TIMEOUT);
            assertThat(master.transfer("web-0", 2, handles(64))).isTrue();
            var received = client.receive();

            // then
            assertThat(joined.listeners()).hasSize(64);
            assertThat(received)
                    .isInstanceOfSatisfying(
                            Received.Transferred.class,
                            transferred -> assertThat(transferred.handles()).hasSize(64));
            joined.listeners().forEach(handle -> handle.descriptor().close());
            ((Received.Transferred) received)
                    .handles()
                    .forEach(handle -> handle.descriptor().close());
        }
    }

    @Test
    void refusedTransferIsTheMastersAgain() {
        try (var client = HandleClient.connect(path, TIMEOUT)) {
            // given
            var unused = client.join("web-0", 1, "token", TIMEOUT);
            assertThat(master.transfer("web-0", 2, handles(1))).isTrue();
            var received = (Received.Transferred) client.receive();

            // when
            received.handles().forEach(handle -> handle.descriptor().close());
            client.refuse(received.transferId(), "no room");

            // then
            master.journal().await("web-0 refused 2 no room");
            assertThat(unused.listeners()).isEmpty();
        }
    }

    @Test
    void eachReasonOfTheGatekeeperReachesTheWorker() {
        for (var reason : JoinRefusal.values()) {
            // given
            master.policy(_ -> new Verdict.Refused(reason, "because"));

            // when
            try (var peer = RawPeer.connect(path)) {
                peer.send(JOIN);

                // then
                assertThat(refusal(peer)).isEqualTo(new FromMaster.JoinRefused(reason, "because"));
                master.journal().await("gate " + reason);
            }
        }
    }

    @Test
    void strangersWhoDoNotSayJoinAreRefused() {
        var otherVersion = dev.drover.protocol.worker.v1.WorkerFrame.newBuilder()
                .setProtocolVersion(2)
                .build()
                .toByteArray();
        assertThat(answerTo(otherVersion)).isEqualTo(JoinRefusal.PROTOCOL_VERSION);
        assertThat(answerTo(new byte[] {1, 2, 3})).isEqualTo(JoinRefusal.MALFORMED);
        assertThat(answerTo(WorkerFrames.ready())).isEqualTo(JoinRefusal.MALFORMED);
        assertThat(answerTo(WorkerFrames.acknowledged(List.of(1L)))).isEqualTo(JoinRefusal.MALFORMED);
        assertThat(answerTo(WorkerFrames.join("", 1, "token"))).isEqualTo(JoinRefusal.MALFORMED);
        assertThat(answerTo(new byte[HandoffLimits.MAX_FRAME_BYTES + 1])).isEqualTo(JoinRefusal.MALFORMED);
        assertThat(answerTo(JOIN, pipe.readEnd())).isEqualTo(JoinRefusal.MALFORMED);
        assertOthersAreServed();
    }

    private JoinRefusal answerTo(byte[] first, Fd... descriptors) {
        try (var peer = RawPeer.connect(path)) {
            peer.send(first, descriptors);
            return refusal(peer).reason();
        }
    }

    @Test
    void silentStrangersAreDroppedAndOthersAreNot() {
        try (var first = RawPeer.connect(path);
                var second = RawPeer.connect(path);
                var worker = joined("web-0")) {
            // given: all three were accepted, as they are in order

            // when
            master.passTime(HandoffLimits.JOIN_TIMEOUT.minusNanos(1));
            var early = master.journal().lines();
            try (var late = RawPeer.connect(path)) {
                assertOthersAreServed();
                master.passTime(Duration.ofNanos(1));

                // then
                assertThat(early).noneMatch(line -> line.startsWith("gate"));
                assertThat(first.receive()).isEmpty();
                assertThat(second.receive()).isEmpty();
                assertThat(master.journal().lines())
                        .filteredOn(line -> line.startsWith("gate no Join within 5 s"))
                        .hasSize(2);
                late.send(WorkerFrames.join("late-0", 1, "token"));
                master.journal().await("late-0 joined");
            }
            worker.send(WorkerFrames.ready());
            master.journal().await("web-0 ready");
        }
    }

    @Test
    void strangerWhoLeavesIsForgotten() {
        try (var peer = RawPeer.connect(path)) {
            assertThat(peer.socket().fd().isOpen()).isTrue();
        }
        master.journal().await("gate it left before it joined");
    }

    @Test
    void joinSentBeforeLeavingIsStillRead() {
        // when
        try (var peer = RawPeer.connect(path)) {
            peer.send(JOIN);
            peer.send(WorkerFrames.acknowledged(List.of(1L)));
        }

        // then
        master.journal().await("web-0 closed");
    }

    @Test
    void floodOfStrangersDoesNotKeepAWorkerOut() {
        var flood = new ArrayList<RawPeer>();
        try (var worker = joined("web-1")) {
            // given
            IntStream.range(0, 500).forEach(_ -> flood.add(RawPeer.connect(path)));

            // when
            try (var late = RawPeer.connect(path)) {
                late.send(JOIN);
                IntStream.range(0, 500).forEach(_ -> flood.add(RawPeer.connect(path)));
                worker.send(WorkerFrames.ready());

                // then
                assertThat(MasterFrames.read(late.receive(), List.of())).isInstanceOf(FromMaster.Joined.class);
                master.journal().await("web-1 ready");
                master.journal()
                        .await(
                                "936 strangers to be dropped",
                                lines -> lines.stream()
                                                .filter(line -> line.startsWith("gate 64 others came after it"))
                                                .count()
                                        == 1000 - HandoffLimits.MAX_STRANGERS);
                assertThat(flood.getFirst().receive()).isEmpty();
                assertOthersAreServed();
            }
        } finally {
            flood.forEach(RawPeer::close);
        }
    }

    @Test
    void peersThatBreakTheContractAreCutOff() {
        assertThat(cutOffAfter(new byte[] {1, 2, 3})).contains("malformed frame: no protobuf");
        assertThat(cutOffAfter(JOIN)).contains("second Join");
        assertThat(cutOffAfter(WorkerFrames.acknowledged(List.of(2L)))).contains("transfer 2, which it was not given");
        assertThat(cutOffAfter(WorkerFrames.refused(3, "no"))).contains("transfer 3, which it was not given");
        assertThat(cutOffAfter(new byte[HandoffLimits.MAX_FRAME_BYTES + 1])).contains("payload was cut off");
        assertThat(cutOffAfter(WorkerFrames.ready(), pipe.readEnd())).contains("descriptors were cut off");
        assertOthersAreServed();
    }

    private String cutOffAfter(byte[] frame, Fd... descriptors) {
        var worker = "web-" + master.journal().lines().size();
        try (var peer = joined(worker)) {
            peer.send(frame, descriptors);
            assertThat(peer.receive()).isEmpty();
            return master.journal().await(worker + " closed");
        }
    }

    @Test
    void transferIsAnsweredOnce() {
        try (var peer = joined("web-0")) {
            // given
            peer.send(WorkerFrames.acknowledged(List.of(1L)));

            // when
            peer.send(WorkerFrames.acknowledged(List.of(1L)));

            // then
            assertThat(master.journal().await("web-0 closed")).contains("transfer 1");
            assertThat(master.journal().lines()).containsOnlyOnce("web-0 acknowledged 1");
        }
    }

    @Test
    void statusMayBeRepeatedButNotFlooded() {
        try (var peer = joined("web-0")) {
            // given
            for (int second = 0; second < 3; second++) {
                sendReady(peer, HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND);
                int expected = (second + 1) * HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND;
                master.journal().await(expected + " times ready", lines -> ready(lines) == expected);
                master.passTime(Duration.ofSeconds(1));
            }

            // when
            sendReady(peer, HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND + 1);

            // then
            assertThat(master.journal().await("web-0 closed")).contains("64 status frames");
            assertThat(ready(master.journal().lines())).isEqualTo(4 * HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND);
            assertOthersAreServed();
        }
    }

    private static void sendReady(RawPeer peer, int times) {
        IntStream.range(0, times).forEach(_ -> peer.send(WorkerFrames.ready()));
    }

    private static long ready(List<String> lines) {
        return lines.stream().filter("web-0 ready"::equals).count();
    }

    private static final ConnectionFrame CONNECTION =
            new ConnectionFrame("http", new InetSocketAddress(InetAddress.ofLiteral("::"), 8080));

    private boolean give(String worker, long transferId) {
        return master.onLoop(() -> master.peer(worker).transfer(transferId, CONNECTION, List.of(pipe.readEnd())));
    }

    @Test
    void connectionIsGivenAndItsEndIsTold() {
        try (var client = HandleClient.connect(path, TIMEOUT)) {
            // given
            client.join("web-0", 1, "token", TIMEOUT);
            master.journal().await("web-0 joined");
            assertThat(give("web-0", 2)).isTrue();
            var received = (Received.Transferred) client.receive();

            // when
            client.acknowledge(received.transferId());
            received.handles().getFirst().descriptor().close();
            client.connectionsEnded(1);
            master.journal().await("web-0 ended 1");

            // then
            assertThat(received.transferId()).isEqualTo(2);
            assertThat(received.handles().getFirst().kind()).isEqualTo(HandleKind.CONNECTION);
            assertThat(received.handles().getFirst().socketName()).isEqualTo("http");
            assertThat(master.journal().lines())
                    .containsExactly("web-0 joined", "web-0 acknowledged 2", "web-0 ended 1");
        }
    }

    @Test
    void moreConnectionsEndedThanWereAcknowledgedCutThePeerOff() {
        assertThat(cutOffAfter(WorkerFrames.connectionsEnded(1))).contains("1 connections ended, of 0");
        try (var peer = joined("web-0")) {
            // given: two are given, one is acknowledged, one refused
            give("web-0", 2);
            give("web-0", 3);
            peer.send(WorkerFrames.acknowledged(List.of(1L)));
            peer.send(WorkerFrames.acknowledged(List.of(2L)));
            peer.send(WorkerFrames.refused(3, "no"));
            peer.send(WorkerFrames.connectionsEnded(1));
            master.journal().await("web-0 ended 1");

            // when
            peer.send(WorkerFrames.connectionsEnded(1));

            // then
            assertThat(master.journal().await("web-0 closed")).contains("1 connections ended, of 0");
            assertThat(master.journal().lines()).containsOnlyOnce("web-0 ended 1");
        }
        assertOthersAreServed();
    }

    @Test
    void listenersAreNoConnectionsThatCouldEnd() {
        try (var peer = joined("web-0")) {
            // given
            master.transfer("web-0", 2, handles(3));
            peer.send(WorkerFrames.acknowledged(List.of(2L)));

            // when
            peer.send(WorkerFrames.connectionsEnded(1));

            // then
            assertThat(master.journal().await("web-0 closed")).contains("1 connections ended, of 0");
        }
    }

    @Test
    void endsMayBeToldOftenButNotFlooded() {
        try (var peer = joined("web-0")) {
            // given
            long id = 2;
            for (int second = 0; second < 2; second++) {
                for (int i = 0; i < HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND; i++, id++) {
                    tellEnd(peer, id);
                }
                int expected = (second + 1) * HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND;
                master.journal().await(expected + " ends", lines -> ended(lines) == expected);
                master.passTime(Duration.ofSeconds(1));
            }

            // when
            for (int i = 0; i <= HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND; i++, id++) {
                tellEnd(peer, id);
            }

            // then
            assertThat(master.journal().await("web-0 closed")).contains("512 frames of ended connections");
            assertThat(ended(master.journal().lines())).isEqualTo(3 * HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND);
        }
    }

    private void tellEnd(RawPeer peer, long transferId) {
        assertThat(give("web-0", transferId)).isTrue();
        peer.receive();
        peer.send(WorkerFrames.acknowledged(List.of(transferId)));
        peer.send(WorkerFrames.connectionsEnded(1));
    }

    private static long ended(List<String> lines) {
        return lines.stream().filter("web-0 ended 1"::equals).count();
    }

    @Test
    void whatHasArrivedIsReadAtOnceAndTheConnectionLives() {
        try (var peer = joined("web-0")) {
            // given
            give("web-0", 2);

            // when
            var heard = master.onLoop(() -> {
                peer.send(WorkerFrames.acknowledged(List.of(2L)));
                master.peer("web-0").readArrived();
                return master.journal().lines().contains("web-0 acknowledged 2");
            });

            // then
            assertThat(heard).isTrue();
            peer.send(WorkerFrames.ready());
            master.journal().await("web-0 ready");
        }
    }

    @Test
    void oneTurnOfTheLoopReadsOneFrameOfEachPeer() {
        var own = directory.resolve("own.sock");
        try (var poller = Poller.open();
                var server = new HandleServer(own, poller, () -> 0, master.gatekeeper());
                var greedy = RawPeer.connect(own);
                var modest = RawPeer.connect(own)) {
            // given
            greedy.send(WorkerFrames.join("web-0", 1, "token"));
            modest.send(WorkerFrames.join("modest-0", 1, "token"));
            pollUntilIdle(poller);
            sendReady(greedy, HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND);
            modest.send(WorkerFrames.ready());

            // when
            poller.poll(Duration.ZERO);

            // then
            assertThat(ready(master.journal().lines())).isOne();
            assertThat(master.journal().lines()).contains("modest-0 ready");
            pollUntilIdle(poller);
            assertThat(ready(master.journal().lines())).isEqualTo(HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND);
            server.expire();
        }
    }

    @Test
    void strangerWhoHasSpokenIsNotTheOneToMakeRoom() {
        var own = directory.resolve("own.sock");
        var strangers = new ArrayList<RawPeer>();
        try (var poller = Poller.open();
                var server = new HandleServer(own, poller, () -> 0, master.gatekeeper())) {
            // given: no place is left when the next one comes, and just then the oldest speaks
            for (int i = 0; i < HandoffLimits.MAX_STRANGERS; i++) {
                strangers.add(RawPeer.connect(own));
                pollUntilIdle(poller);
            }
            strangers.add(RawPeer.connect(own));
            strangers.getFirst().send(JOIN);

            // when
            poller.poll(Duration.ZERO);

            // then
            assertThat(master.journal().lines()).containsExactly("web-0 joined");
            server.expire();
        } finally {
            strangers.forEach(RawPeer::close);
        }
    }

    private static void pollUntilIdle(Poller poller) {
        while (poller.poll(Duration.ZERO) > 0) {}
    }

    @Test
    void everythingADeadPeerSaidIsToldBeforeItsEnd() {
        // given
        var ids = LongStream.rangeClosed(2, 101).boxed().toList();

        // when: it answers all and dies without reading what was still sent to it
        try (var peer = joined("web-0")) {
            ids.forEach(
                    id -> assertThat(master.transfer("web-0", id, handles(1))).isTrue());
            peer.send(WorkerFrames.acknowledged(List.of(1L)));
            ids.forEach(id -> peer.send(WorkerFrames.acknowledged(List.of(id))));
            peer.send(WorkerFrames.draining());
        }

        // then
        master.journal().await("web-0 closed the worker closed the connection");
        var expected = new ArrayList<String>();
        expected.add("web-0 joined");
        expected.add("web-0 acknowledged 1");
        ids.forEach(id -> expected.add("web-0 acknowledged " + id));
        expected.add("web-0 draining");
        expected.add("web-0 closed the worker closed the connection");
        assertThat(master.journal().lines()).isEqualTo(expected);
    }

    @Test
    void acknowledgementsOfOneFrameAreToldOneByOne() {
        try (var peer = joined("web-0")) {
            // given
            for (long id = 2; id <= 4; id++) {
                assertThat(master.transfer("web-0", id, handles(1))).isTrue();
            }

            // when
            peer.send(WorkerFrames.acknowledged(List.of(4L, 1L, 2L)));
            peer.send(WorkerFrames.ready());

            // then
            master.journal().await("web-0 ready");
            assertThat(master.journal().lines())
                    .containsExactly(
                            "web-0 joined",
                            "web-0 acknowledged 4",
                            "web-0 acknowledged 1",
                            "web-0 acknowledged 2",
                            "web-0 ready");
        }
    }

    @Test
    void anAcknowledgementOfWhatWasNotGivenEndsThePeerAfterThoseBeforeIt() {
        try (var peer = joined("web-0")) {
            // given
            assertThat(master.transfer("web-0", 2, handles(1))).isTrue();

            // when
            peer.send(WorkerFrames.acknowledged(List.of(2L, 3L, 1L)));

            // then
            master.journal()
                    .await("web-0 closed the worker answered transfer 3, which it was not given or had answered");
            assertThat(master.journal().lines()).hasSize(3).contains("web-0 acknowledged 2");
        }
    }

    @Test
    void deadPeerIsReadToTheEndWhenAnotherHoldsItsSocket() {
        try (var peer = joined("web-0");
                var held = peer.socket().fd().duplicate()) {
            // given
            assertThat(master.transfer("web-0", 2, handles(1))).isTrue();

            // when
            var lines = master.onLoop(() -> {
                peer.send(WorkerFrames.acknowledged(List.of(2L)));
                peer.leave();
                master.peer("web-0").readToEnd();
                master.peer("web-0").readToEnd();
                return master.journal().lines();
            });

            // then
            assertThat(lines)
                    .containsExactly("web-0 joined", "web-0 acknowledged 2", "web-0 closed the worker is dead");
            assertThat(held.isOpen()).isTrue();
        }
    }

    @Test
    void peerClosedByTheMasterIsToldNothingMore() {
        try (var peer = joined("web-0")) {
            // when
            boolean transferred = master.onLoop(() -> {
                var handle = master.peer("web-0");
                peer.send(WorkerFrames.ready());
                handle.close();
                handle.close();
                handle.readToEnd();
                return handle.transfer(2, handles(1));
            });

            // then
            assertThat(transferred).isFalse();
            assertThat(peer.receive()).isEmpty();
            assertThat(master.journal().lines()).containsExactly("web-0 joined");
        }
    }

    @Test
    void fullSocketIsToldAndEmptiesAgain() {
        try (var peer = joined("web-0")) {
            // given
            long next = 2;
            while (master.transfer("web-0", next, handles(1))) {
                next++;
            }
            long sent = next - 2;
            long refused = next;

            // when
            peer.receive();
            peer.send(WorkerFrames.acknowledged(List.of(2L)));
            master.journal().await("web-0 acknowledged 2");

            // then
            assertThat(sent).isBetween(10L, HandoffLimits.MAX_OPEN_TRANSFERS - 1L);
            assertThat(master.transfer("web-0", refused, handles(1))).isTrue();
        }
    }

    @Test
    void transfersLeftOpenAreBounded() {
        try (var peer = joined("web-0")) {
            // given
            for (long id = 2; id <= HandoffLimits.MAX_OPEN_TRANSFERS; id++) {
                assertThat(master.transfer("web-0", id, handles(1))).isTrue();
                peer.receive();
            }

            // when
            boolean oneMore = master.transfer("web-0", 5_000, handles(1));
            peer.send(WorkerFrames.refused(7, "no"));
            master.journal().await("web-0 refused 7");
            boolean afterAnAnswer = master.transfer("web-0", 5_000, handles(1));

            // then
            assertThat(oneMore).isFalse();
            assertThat(afterAnAnswer).isTrue();
        }
    }

    @Test
    void transferToAPeerThatIsGoingIsFalseAndItsLastWordsAreHeard() {
        // given
        try (var peer = joined("web-0")) {
            // when
            boolean transferred = master.onLoop(() -> {
                peer.send(WorkerFrames.acknowledged(List.of(1L)));
                peer.leave();
                return master.peer("web-0").transfer(2, handles(1));
            });

            // then
            assertThat(transferred).isFalse();
            master.journal().await("web-0 closed");
            assertThat(master.journal().lines()).contains("web-0 acknowledged 1");
        }
    }

    @Test
    void impossibleTransfersAreBugs() {
        try (var peer = joined("web-0")) {
            assertThatThrownBy(() -> master.transfer("web-0", 0, handles(1)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> master.transfer("web-0", 1, handles(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("in use");
            assertThatThrownBy(() -> master.transfer("web-0", 2, List.of()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> master.transfer("web-0", 2, handles(65)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> master.admitted(handles(65), master.new Events("x")))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> master.peer("web-0").transfer(2, handles(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("loop");
            peer.send(WorkerFrames.ready());
            master.journal().await("web-0 ready");
        }
    }

    @Test
    void gatekeeperThatThrowsRefusesAndTheLoopLives() {
        // given
        master.policy(request -> {
            if (request.worker().equals("web-0")) {
                throw new IllegalStateException("thrown on purpose");
            }
            return master.admitted(request, List.of());
        });

        // when
        try (var peer = RawPeer.connect(path)) {
            peer.send(JOIN);

            // then
            assertThat(refusal(peer).reason()).isEqualTo(JoinRefusal.NOT_EXPECTED);
            assertThat(master.journal().await("gate cannot decide")).contains("thrown on purpose");
            assertOthersAreServed();
        }
    }

    @Test
    void handlerThatThrowsCostsItsPeerAndNobodyElse() {
        for (var where : List.of("joined", "acknowledged", "refused", "ready", "draining", "closed")) {
            // given
            master.policy(request -> request.worker().startsWith("other")
                    ? master.admitted(request, List.of())
                    : master.admitted(List.of(), new Throwing(where, master.new Events(request.worker()))));
            var worker = "web-" + where;

            // when
            try (var peer = RawPeer.connect(path)) {
                peer.send(WorkerFrames.join(worker, 1, "token"));
                assertThat(MasterFrames.read(peer.receive(), List.of())).isInstanceOf(FromMaster.Joined.class);
                peer.trySend(
                        where.equals("refused")
                                ? WorkerFrames.refused(1, "no")
                                : WorkerFrames.acknowledged(List.of(1L)),
                        List.of());
                peer.trySend(WorkerFrames.ready(), List.of());
                peer.trySend(WorkerFrames.draining(), List.of());
                peer.trySend(JOIN, List.of());

                // then
                assertThat(peer.receive()).isEmpty();
                master.journal().await("gate a handler failed: java.lang.IllegalStateException: thrown by " + where);
                master.journal().await(worker + " closed");
                assertOthersAreServed();
            }
        }
    }

    /// Tells what happens and then fails at one place.
    private record Throwing(String where, PeerEvents inner) implements PeerEvents {
        private void after(String what) {
            if (what.equals(where)) {
                throw new IllegalStateException("thrown by " + what);
            }
        }

        @Override
        public void joined(HandlePeer peer) {
            inner.joined(peer);
            after("joined");
        }

        @Override
        public void acknowledged(long transferId) {
            inner.acknowledged(transferId);
            after("acknowledged");
        }

        @Override
        public void refused(long transferId, String message) {
            inner.refused(transferId, message);
            after("refused");
        }

        @Override
        public void ready() {
            inner.ready();
            after("ready");
        }

        @Override
        public void draining() {
            inner.draining();
            after("draining");
        }

        @Override
        public void connectionsEnded(int count) {
            inner.connectionsEnded(count);
            after("connectionsEnded");
        }

        @Override
        public void closed(String why) {
            inner.closed(why);
            after("closed");
        }
    }

    @Test
    void listenerThatIsClosedCostsOnlyTheWorkerItWasFor() {
        // given
        var closed = pipe.readEnd().duplicate();
        closed.close();
        master.policy(request -> master.admitted(
                request, request.worker().equals("web-0") ? List.of(handle("http", closed)) : List.of()));

        // when
        try (var peer = RawPeer.connect(path)) {
            peer.send(JOIN);

            // then
            assertThat(peer.receive()).isEmpty();
            master.journal().await("web-0 closed a handler failed");
            assertOthersAreServed();
        }
    }

    @Test
    void socketIsForItsUserAndGroup() throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
    }

    @Test
    void staleSocketIsReplaced() throws IOException {
        // given
        var stale = directory.resolve("stale.sock");
        UnixSocket.listen(stale, UnixSocket.Type.SEQPACKET, 1).close();
        assertThat(Files.exists(stale)).isTrue();

        // when
        try (var second = new Master(stale);
                var peer = RawPeer.connect(stale)) {
            peer.send(JOIN);

            // then
            second.journal().await("web-0 joined");
        }
        assertThat(stale).doesNotExist();
    }

    @Test
    void anotherKindOfFileIsLeftAlone() throws IOException {
        // given
        var file = Files.writeString(directory.resolve("precious"), "text");

        try (var poller = Poller.open()) {
            // when
            assertThatThrownBy(() -> new HandleServer(file, poller, System::nanoTime, new Silent()))
                    // then
                    .isInstanceOf(HandoffException.class)
                    .hasMessageContaining("no socket");
        }
        assertThat(file).hasContent("text");
    }

    @Test
    void missingDirectoryIsToldWithThePath() {
        try (var poller = Poller.open()) {
            var missing = directory.resolve("missing/handles.sock");
            assertThatThrownBy(() -> new HandleServer(missing, poller, System::nanoTime, new Silent()))
                    .isInstanceOf(HandoffException.class)
                    .hasMessageContaining(missing.toString())
                    .hasMessageContaining("ENOENT");
        }
    }

    private record Silent() implements Gatekeeper {
        @Override
        public Verdict admit(JoinRequest request) {
            return new Verdict.Refused(JoinRefusal.NOT_EXPECTED, "");
        }

        @Override
        public void refused(String why, dev.drover.posix.PeerCredentials peer) {}
    }

    @Test
    void socketOfASuccessorIsNotRemoved() throws IOException {
        // given
        var taken = directory.resolve("taken.sock");
        var first = new Master(taken);
        Files.delete(taken);

        // when
        try (var second = new Master(taken);
                var peer = RawPeer.connect(taken)) {
            first.close();
            peer.send(JOIN);
            second.journal().await("web-0 joined");

            // then
            assertThat(Files.exists(taken)).isTrue();
        }
    }

    @Test
    void closingEndsEveryConnection() {
        try (var stranger = RawPeer.connect(path);
                var peer = joined("web-0")) {
            // when
            master.close();

            // then
            assertThat(stranger.receive()).isEmpty();
            assertThat(peer.receive()).isEmpty();
            assertThat(master.journal().lines()).containsExactly("web-0 joined");
        }
    }
}
