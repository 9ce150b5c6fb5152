package dev.drover.handoff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.protocol.worker.v1.AddressFamily;
import dev.drover.protocol.worker.v1.Join;
import dev.drover.protocol.worker.v1.JoinRefused;
import dev.drover.protocol.worker.v1.MasterFrame;
import dev.drover.protocol.worker.v1.Ready;
import dev.drover.protocol.worker.v1.Transfer;
import dev.drover.protocol.worker.v1.TransferAcknowledged;
import dev.drover.protocol.worker.v1.TransferRefused;
import dev.drover.protocol.worker.v1.Withdrawal;
import dev.drover.protocol.worker.v1.WorkerFrame;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FramesTest {
    private static final UnknownFieldSet UNKNOWN = UnknownFieldSet.newBuilder()
            .addField(
                    1000,
                    UnknownFieldSet.Field.newBuilder()
                            .addLengthDelimited(ByteString.copyFromUtf8("later"))
                            .build())
            .build();

    private final Pipe pipe = Pipe.open();

    @AfterEach
    void close() {
        pipe.close();
    }

    private List<Fd> descriptors(int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> pipe.readEnd().duplicate())
                .toList();
    }

    private static SocketAddress ip(String literal, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(literal), port);
    }

    static Stream<Arguments> handles() {
        return Stream.of(
                arguments(HandleKind.LISTENER, ip("127.0.0.1", 8080)),
                arguments(HandleKind.LISTENER, ip("0.0.0.0", 65535)),
                arguments(HandleKind.LISTENER, ip("::", 8080)),
                arguments(HandleKind.LISTENER, ip("::1", 1)),
                arguments(HandleKind.CONNECTION, ip("2001:db8::1:0:0:7", 443)),
                arguments(HandleKind.CONNECTION, ip("fe80::1%1", 443)),
                arguments(HandleKind.LISTENER, UnixDomainSocketAddress.of("/run/app.sock")),
                arguments(HandleKind.LISTENER, UnixDomainSocketAddress.of("/" + "x".repeat(106))),
                arguments(HandleKind.CONNECTION, UnixDomainSocketAddress.of("")));
    }

    @ParameterizedTest
    @MethodSource("handles")
    void handleIsTheSameAfterItsTravel(HandleKind kind, SocketAddress address) {
        // given
        var sent = new Handle(kind, "http", address, 511, pipe.readEnd());
        var arrived = descriptors(1);

        // when
        var read = MasterFrames.read(MasterFrames.transfer(7, List.of(sent)), arrived);

        // then
        assertThat(read)
                .isEqualTo(new FromMaster.Transferred(
                        7, List.of(new Handle(kind, "http", address, 511, arrived.getFirst()))));
        arrived.forEach(Fd::close);
    }

    @Test
    void wildcardIsWrittenAsPeopleDo() {
        var handle = new Handle(HandleKind.LISTENER, "http", ip("::", 80), 0, pipe.readEnd());

        assertThat(WireHandles.encode(1, List.of(handle)).getHandles(0).getAddress())
                .isEqualTo("::");
    }

    @Test
    void descriptorsKeepTheirOrder() {
        // given
        var arrived = descriptors(64);
        var sent = IntStream.range(0, 64)
                .mapToObj(i -> new Handle(HandleKind.LISTENER, "s" + i, ip("::", i), 0, pipe.readEnd()))
                .toList();

        // when
        var read = MasterFrames.read(MasterFrames.joined("web", "ticket", 1, sent, List.of()), arrived);

        // then
        assertThat(read).isInstanceOfSatisfying(FromMaster.Joined.class, joined -> {
            assertThat(joined.listeners()).extracting(Handle::descriptor).isEqualTo(arrived);
            assertThat(joined.listeners())
                    .extracting(Handle::socketName)
                    .isEqualTo(sent.stream().map(Handle::socketName).toList());
        });
        arrived.forEach(Fd::close);
    }

    @Test
    void namesOfDispatchedSocketsTravelWithTheListeners() {
        // when
        var read =
                MasterFrames.read(MasterFrames.joined("web", "ticket", 1, List.of(), List.of("http", "x")), List.of());

        // then
        assertThat(read).isEqualTo(new FromMaster.Joined("web", "ticket", 1, List.of(), List.of("http", "x")));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 127, 128, 16_383, 16_384, 1L << 31, 1L << 62, Long.MAX_VALUE})
    void frameOfAConnectionIsTheOneProtobufWrites(long transferId) {
        for (var address : List.of(ip("127.0.0.1", 80), ip("::", 8080), UnixDomainSocketAddress.of("/run/app.sock"))) {
            // given
            var name = "x".repeat(address.toString().length());
            var handle = new Handle(HandleKind.CONNECTION, name, address, 0, pipe.readEnd());
            for (int count : List.of(1, 2, HandoffLimits.MAX_DESCRIPTORS)) {
                var buffer = ByteBuffer.allocate(HandoffLimits.MAX_FRAME_BYTES);

                // when
                new ConnectionFrame(name, address).write(transferId, count, buffer);

                // then
                var bytes = Wire.take(buffer);
                assertThat(bytes).isEqualTo(MasterFrames.transfer(transferId, Collections.nCopies(count, handle)));
                assertThat(new ConnectionFrame(name, address).transferIdIn(bytes, count))
                        .isEqualTo(transferId);
                assertThat(new ConnectionFrame(name, address).transferIdIn(bytes, count + 1))
                        .isZero();
                assertThat(new ConnectionFrame("other", address).transferIdIn(bytes, count))
                        .isZero();
            }
        }
    }

    @Test
    void framesOfConnectionsOfDifferentSocketsAreReadApart() {
        // given
        var reader = new MasterReader();
        var one = new Handle(HandleKind.CONNECTION, "http", ip("::", 80), 0, pipe.readEnd());
        var other = new Handle(HandleKind.CONNECTION, "echo", ip("::", 90), 0, pipe.readEnd());

        for (var sent :
                List.of(List.of(one), List.of(one, one), List.of(other), List.of(one, other), List.of(one, one, one))) {
            // when
            var arrived = descriptors(sent.size());
            var read = reader.read(MasterFrames.transfer(7, sent), arrived);

            // then
            assertThat(read).isInstanceOfSatisfying(FromMaster.Transferred.class, transferred -> {
                assertThat(transferred.handles()).extracting(Handle::descriptor).isEqualTo(arrived);
                assertThat(transferred.handles())
                        .extracting(Handle::socketName)
                        .isEqualTo(sent.stream().map(Handle::socketName).toList());
            });
            arrived.forEach(Fd::close);
        }
    }

    @Test
    void theNumberOfATransferIsReadWithoutItsDescriptors() {
        var handle = new Handle(HandleKind.CONNECTION, "http", ip("::", 80), 0, pipe.readEnd());

        assertThat(MasterFrames.transferId(MasterFrames.transfer(7, List.of(handle))))
                .hasValue(7);
        assertThat(MasterFrames.transferId(MasterFrames.joinRefused(JoinRefusal.MALFORMED, "x")))
                .isEmpty();
        assertThat(MasterFrames.transferId(new byte[] {(byte) 0xff})).isEmpty();
    }

    @Test
    void frameOfAnImpossibleConnectionIsABug() {
        assertThatThrownBy(() -> new ConnectionFrame("", ip("::", 80))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void workersFramesAreTheSameAfterTheirTravel() {
        assertThat(read(WorkerFrames.join("web-0", 3, "token"))).isEqualTo(new FromWorker.Join("web-0", 3, "token"));
        assertThat(read(WorkerFrames.acknowledged(List.of(9L)))).isEqualTo(new FromWorker.Acknowledged(List.of(9L)));
        assertThat(read(WorkerFrames.acknowledged(List.of(9L, 300L, 2L))))
                .isEqualTo(new FromWorker.Acknowledged(List.of(9L, 300L, 2L)));
        assertThat(read(WorkerFrames.refused(9, "no"))).isEqualTo(new FromWorker.Refused(9, "no"));
        assertThat(read(WorkerFrames.ready())).isEqualTo(new FromWorker.Ready());
        assertThat(read(WorkerFrames.draining())).isEqualTo(new FromWorker.Draining());
        assertThat(read(WorkerFrames.connectionsEnded(7))).isEqualTo(new FromWorker.ConnectionsEnded(7));
    }

    @Test
    void anAcknowledgementIsWrittenAsProtobufWritesIt() {
        var most = LongStream.range(0, HandoffLimits.MAX_ACKNOWLEDGED)
                .map(i -> Long.MAX_VALUE >>> i % 60)
                .boxed()
                .toList();
        for (var ids : List.of(List.of(1L), List.of(127L, 128L), List.of(Long.MAX_VALUE, 1L, 300L), most)) {
            assertThat(WorkerFrames.acknowledged(ids))
                    .isEqualTo(WorkerFrame.newBuilder()
                            .setProtocolVersion(1)
                            .setTransferAcknowledged(TransferAcknowledged.newBuilder()
                                    .setTransferId(ids.getFirst())
                                    .addAllFurtherTransferIds(ids.subList(1, ids.size())))
                            .build()
                            .toByteArray());
        }
    }

    @Test
    void everyReasonOfARefusalTravels() {
        for (var reason : JoinRefusal.values()) {
            assertThat(MasterFrames.read(MasterFrames.joinRefused(reason, "why"), List.of()))
                    .isEqualTo(new FromMaster.JoinRefused(reason, "why"));
        }
    }

    @Test
    void longTextsAreCutAtACharacter() {
        // given
        var text = "x" + "é".repeat(1_000);

        // when
        var read = read(WorkerFrames.refused(1, text));

        // then
        assertThat(read).isEqualTo(new FromWorker.Refused(1, "x" + "é".repeat(511)));
    }

    @Test
    void unpairedSurrogatesInATextAreReplaced() {
        assertThat(read(WorkerFrames.refused(1, "a\ud800b"))).isEqualTo(new FromWorker.Refused(1, "a?b"));
    }

    @Test
    void unknownFieldsArePassedOver() {
        // given
        var ready = WorkerFrame.newBuilder()
                .setProtocolVersion(1)
                .setReady(Ready.newBuilder().setUnknownFields(UNKNOWN))
                .setUnknownFields(UNKNOWN);
        var transfer = master().setTransfer(transfer(1, listener().setUnknownFields(UNKNOWN)))
                .setUnknownFields(UNKNOWN);
        var arrived = descriptors(1);

        // when
        var fromWorker = read(ready.build().toByteArray());
        var fromMaster = MasterFrames.read(transfer.build().toByteArray(), arrived);

        // then
        assertThat(fromWorker).isEqualTo(new FromWorker.Ready());
        assertThat(fromMaster).isInstanceOf(FromMaster.Transferred.class);
        arrived.forEach(Fd::close);
    }

    private static FromWorker read(byte[] frame) {
        return WorkerFrames.read(frame, List.of());
    }

    private static WorkerFrame.Builder worker() {
        return WorkerFrame.newBuilder().setProtocolVersion(1);
    }

    private static MasterFrame.Builder master() {
        return MasterFrame.newBuilder().setProtocolVersion(1);
    }

    private static WorkerFrame.Builder join(String worker, int incarnation, String token) {
        return worker().setJoin(Join.newBuilder()
                .setWorker(worker)
                .setIncarnation(incarnation)
                .setToken(token));
    }

    private static dev.drover.protocol.worker.v1.Handle.Builder listener() {
        return dev.drover.protocol.worker.v1.Handle.newBuilder()
                .setKind(dev.drover.protocol.worker.v1.HandleKind.HANDLE_KIND_LISTENER)
                .setSocketName("http")
                .setFamily(AddressFamily.ADDRESS_FAMILY_IPV4)
                .setAddress("127.0.0.1")
                .setPort(80);
    }

    private static Transfer.Builder transfer(long id, dev.drover.protocol.worker.v1.Handle.Builder... handles) {
        var transfer = Transfer.newBuilder().setTransferId(id);
        for (var handle : handles) {
            transfer.addHandles(handle);
        }
        return transfer;
    }

    private static MasterFrame.Builder withdrawal(long id, dev.drover.protocol.worker.v1.Handle.Builder listener) {
        return master().setWithdrawal(Withdrawal.newBuilder().setTransferId(id).setListener(listener));
    }

    static Stream<Arguments> malformedFromWorker() {
        return Stream.of(
                arguments("1 to 65536", new byte[0]),
                arguments("1 to 65536", new byte[65_537]),
                arguments("no protobuf", new byte[] {(byte) 0xff}),
                arguments("says nothing", worker().build().toByteArray()),
                arguments("count of ended connections 0", WorkerFrames.connectionsEnded(0)),
                arguments("count of ended connections 4294967295", WorkerFrames.connectionsEnded(-1)),
                arguments(
                        "says nothing",
                        worker().setUnknownFields(UNKNOWN).build().toByteArray()),
                arguments("incarnation 0", join("web-0", 0, "t").build().toByteArray()),
                arguments(
                        "incarnation 4294967295", join("web-0", -1, "t").build().toByteArray()),
                arguments("worker is empty", join("", 1, "t").build().toByteArray()),
                arguments("token is empty", join("web-0", 1, "").build().toByteArray()),
                arguments(
                        "worker of 254 bytes",
                        join("é".repeat(127), 1, "t").build().toByteArray()),
                arguments(
                        "token of 257 bytes",
                        join("web-0", 1, "t".repeat(257)).build().toByteArray()),
                arguments("transfer id 0", WorkerFrames.acknowledged(List.of(0L))),
                arguments("transfer id 18446744073709551615", WorkerFrames.acknowledged(List.of(-1L))),
                arguments("transfer id 0", WorkerFrames.acknowledged(List.of(7L, 8L, 0L))),
                arguments(
                        "acknowledgement of 65 transfers",
                        WorkerFrames.acknowledged(
                                LongStream.rangeClosed(1, 65).boxed().toList())),
                arguments("transfer id 0", WorkerFrames.refused(0, "no")),
                arguments(
                        "message of 1025 bytes",
                        worker().setTransferRefused(TransferRefused.newBuilder()
                                        .setTransferId(1)
                                        .setMessage("x".repeat(1025)))
                                .build()
                                .toByteArray()));
    }

    @ParameterizedTest
    @MethodSource
    void malformedFromWorker(String why, byte[] frame) {
        assertThat(read(frame)).isInstanceOfSatisfying(FromWorker.Malformed.class, malformed -> {
            assertThat(malformed.reason()).isEqualTo(JoinRefusal.MALFORMED);
            assertThat(malformed.why()).contains(why);
        });
    }

    @Test
    void otherVersionsAreRefusedAsSuch() {
        for (int version : new int[] {0, 2, -1}) {
            var frame = WorkerFrame.newBuilder()
                    .setProtocolVersion(version)
                    .setTransferAcknowledged(TransferAcknowledged.newBuilder().setTransferId(1));

            assertThat(read(frame.build().toByteArray()))
                    .isInstanceOfSatisfying(
                            FromWorker.Malformed.class,
                            malformed -> assertThat(malformed.reason()).isEqualTo(JoinRefusal.PROTOCOL_VERSION));
        }
    }

    @Test
    void descriptorsOfAWorkerAreRefusedAndClosed() {
        // given
        var arrived = descriptors(2);

        // when
        var read = WorkerFrames.read(WorkerFrames.ready(), arrived);

        // then
        assertThat(read).isInstanceOf(FromWorker.Malformed.class);
        assertThat(arrived).noneMatch(Fd::isOpen);
    }

    static Stream<Arguments> malformedFromMaster() {
        return Stream.of(
                refused("1 to 65536", 0, new byte[0]),
                refused("1 to 65536", 3, new byte[65_537]),
                refused("no protobuf", 1, new byte[] {0x0a, 0x7f}),
                refused("says nothing", 2, master()),
                refused("protocol version 2", 1, master().setProtocolVersion(2).setTransfer(transfer(1, listener()))),
                refused("transfer id 0", 1, master().setTransfer(transfer(0, listener()))),
                refused("without handles", 0, master().setTransfer(transfer(1))),
                refused("without handles", 1, master().setTransfer(transfer(1))),
                refused("transfer id 0", 0, withdrawal(0, listener())),
                refused("1 descriptors for 0", 1, withdrawal(1, listener())),
                refused(
                        "something else than a listener",
                        0,
                        withdrawal(
                                1,
                                listener().setKind(dev.drover.protocol.worker.v1.HandleKind.HANDLE_KIND_CONNECTION))),
                refused("socket name is empty", 0, withdrawal(1, listener().setSocketName(""))),
                refused("0 descriptors for 1", 0, master().setTransfer(transfer(1, listener()))),
                refused("2 descriptors for 1", 2, master().setTransfer(transfer(1, listener()))),
                refused("1 descriptors for 2", 1, master().setTransfer(transfer(1, listener(), listener()))),
                refused("1 descriptors for 0", 1, MasterFrames.joinRefused(JoinRefusal.MALFORMED, "x")),
                refused("at most 64", 65, master().setTransfer(transfer(1, many(65)))),
                refused(
                        "unknown kind",
                        listener().setKind(dev.drover.protocol.worker.v1.HandleKind.HANDLE_KIND_UNSPECIFIED)),
                refused("unknown kind", listener().setKindValue(3)),
                refused("unknown address family", listener().setFamily(AddressFamily.ADDRESS_FAMILY_UNSPECIFIED)),
                refused("unknown address family", listener().setFamilyValue(4)),
                refused("socket name is empty", listener().setSocketName("")),
                refused("socket name of 254", listener().setSocketName("x".repeat(254))),
                refused("address of 108", listener().setAddress("1".repeat(108))),
                refused("is no Inet4Address", listener().setAddress("localhost")),
                refused("is no Inet4Address", listener().setAddress("::1")),
                refused("is no Inet4Address", listener().setAddress("")),
                refused("is no Inet6Address", listener().setFamily(AddressFamily.ADDRESS_FAMILY_IPV6)),
                refused("port 65536", listener().setPort(65_536)),
                refused("port 4294967295", listener().setPort(-1)),
                refused("backlog 4294967295", listener().setBacklog(-1)),
                refused("port 80 of a Unix", unix("/x").setPort(80)),
                refused("without a path", unix("")),
                refused("is no path", unix("/x\0y")),
                refused(
                        "unknown reason",
                        0,
                        master().setJoinRefused(JoinRefused.newBuilder()
                                .setReason(dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_UNSPECIFIED))),
                refused(
                        "unknown reason",
                        0,
                        master().setJoinRefused(JoinRefused.newBuilder().setReasonValue(9))),
                refused(
                        "message of 1025",
                        0,
                        master().setJoinRefused(JoinRefused.newBuilder()
                                .setReason(dev.drover.protocol.worker.v1.JoinRefusal.JOIN_REFUSAL_MALFORMED)
                                .setMessage("x".repeat(1025)))),
                refused("pool is empty", 0, MasterFrames.joined("", "ticket", 1, List.of(), List.of())),
                refused("ticket is empty", 0, MasterFrames.joined("web", "", 1, List.of(), List.of())),
                refused("ticket of 257", 0, MasterFrames.joined("web", "x".repeat(257), 1, List.of(), List.of())),
                refused("dispatched socket is empty", 0, MasterFrames.joined("web", "t", 1, List.of(), List.of(""))),
                refused(
                        "65 dispatched sockets",
                        0,
                        MasterFrames.joined("web", "t", 1, List.of(), Collections.nCopies(65, "s"))),
                refused("transfer id 0", 0, MasterFrames.joined("web", "ticket", 0, List.of(), List.of())));
    }

    private static dev.drover.protocol.worker.v1.Handle.Builder[] many(int count) {
        return IntStream.range(0, count)
                .mapToObj(_ -> listener())
                .toArray(dev.drover.protocol.worker.v1.Handle.Builder[]::new);
    }

    private static dev.drover.protocol.worker.v1.Handle.Builder unix(String path) {
        return listener()
                .setFamily(AddressFamily.ADDRESS_FAMILY_UNIX)
                .setAddress(path)
                .setPort(0);
    }

    private static Arguments refused(String why, dev.drover.protocol.worker.v1.Handle.Builder handle) {
        // Behind a good one, so that it is refused after a handle was read.
        return refused(why, 2, master().setTransfer(transfer(1, listener(), handle)));
    }

    private static Arguments refused(String why, int descriptors, MasterFrame.Builder frame) {
        return refused(why, descriptors, frame.build().toByteArray());
    }

    private static Arguments refused(String why, int descriptors, byte[] frame) {
        return arguments(why, descriptors, frame);
    }

    @ParameterizedTest
    @MethodSource
    void malformedFromMaster(String why, int count, byte[] frame) {
        // given
        var arrived = descriptors(count);

        // when
        var read = MasterFrames.read(frame, arrived);

        // then
        assertThat(read)
                .isInstanceOfSatisfying(
                        FromMaster.Malformed.class,
                        malformed -> assertThat(malformed.why()).contains(why));
        assertThat(arrived).noneMatch(Fd::isOpen);
    }

    @Test
    void impossibleHandlesAreBugs() {
        var fd = pipe.readEnd();
        var good = ip("::", 80);
        var kind = HandleKind.LISTENER;

        assertThatThrownBy(() -> new Handle(kind, "", good, 0, fd)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Handle(kind, "x".repeat(254), good, 0, fd))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Handle(kind, "http", good, -1, fd)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Handle(kind, "http", InetSocketAddress.createUnresolved("a.example", 80), 0, fd))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Handle(kind, "http", UnixDomainSocketAddress.of(""), 0, fd))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Handle(kind, "http", UnixDomainSocketAddress.of("x".repeat(108)), 0, fd))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
