package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class UnixSocketTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void messageCarriesBytesAndADescriptor(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type);
                var pipe = Pipe.open()) {
            var into = ByteBuffer.allocate(100);

            // when
            boolean sent = pair.first().send(Bytes.of("take this"), List.of(pipe.writeEnd()));
            var received = (Received.Message) pair.second().receive(into, 4);

            // then
            assertThat(sent).isTrue();
            assertThat(received.length()).isEqualTo(9);
            assertThat(Bytes.text(into)).isEqualTo("take this");
            assertThat(pipe.writeEnd().isOpen()).isTrue();
            assertThat(received.descriptors()).hasSize(1);
            try (var copy = received.descriptors().getFirst()) {
                assertThat(copy.use(n -> SysIo.fcntl(n, SysIo.F_GETFD, 0))).isEqualTo(SysIo.FD_CLOEXEC);
                copy.write(Bytes.of("through the copy"));
            }
            into.clear();
            pipe.readEnd().read(into);
            assertThat(Bytes.text(into)).isEqualTo("through the copy");
        }
    }

    @Test
    void whatHasArrivedIsReceivedWithoutWaitingAlthoughTheSocketBlocks() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            var into = ByteBuffer.allocate(100);
            pair.first().send(Bytes.of("take this"), List.of());

            // when
            var first = pair.second().receiveArrived(into, 4);
            var second = pair.second().receiveArrived(into, 4);

            // then
            assertThat(first).isEqualTo(new Received.Message(9, List.of()));
            assertThat(second).isInstanceOf(Received.WouldBlock.class);
            assertThat(Bytes.text(into)).isEqualTo("take this");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 253})
    void messageCarriesAnyAllowedNumberOfDescriptors(int count) {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
                var pipe = Pipe.open()) {
            var descriptors = Collections.nCopies(count, pipe.readEnd());

            // when
            pair.first().send(Bytes.of("x"), descriptors);
            var received = (Received.Message) pair.second().receive(ByteBuffer.allocate(1), count);

            // then
            assertThat(received.descriptors()).hasSize(count);
            received.descriptors().forEach(Fd::close);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void directBuffersWorkLikeOthers(boolean direct) {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            var out = direct ? ByteBuffer.allocateDirect(20_000) : ByteBuffer.allocate(20_000);
            var in = direct ? ByteBuffer.allocateDirect(20_002) : ByteBuffer.allocate(20_002);
            out.putInt(1, 42).putInt(19_990, 77).position(1);
            in.position(2);

            // when
            pair.first().send(out, List.of());
            var received = pair.second().receive(in, 0);

            // then
            assertThat(out.hasRemaining()).isFalse();
            assertThat(received).isEqualTo(new Received.Message(19_999, List.of()));
            assertThat(in.position()).isEqualTo(20_001);
            assertThat(in.getInt(2)).isEqualTo(42);
            assertThat(in.getInt(19_991)).isEqualTo(77);
        }
    }

    @Test
    void emptyOrOverloadedMessageIsRefused() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
                var pipe = Pipe.open()) {
            var socket = pair.first();
            var tooMany = Collections.nCopies(254, pipe.readEnd());

            // when, then
            assertThatThrownBy(() -> socket.send(ByteBuffer.allocate(0), List.of()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("empty message");
            assertThatThrownBy(() -> socket.send(Bytes.of("x"), tooMany))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("254")
                    .hasMessageContaining("253");
            assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1), 254))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1).asReadOnlyBuffer(), 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(0), 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void surplusDescriptorsMakeAMessageMalformed(int allowed) {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
                var pipe = Pipe.open()) {
            pair.first().send(Bytes.of("x"), Collections.nCopies(allowed + 1, pipe.readEnd()));
            var into = ByteBuffer.allocate(10);

            // when
            var received = pair.second().receive(into, allowed);

            // then
            assertThat(received)
                    .isInstanceOfSatisfying(
                            Received.Malformed.class,
                            malformed ->
                                    assertThat(malformed.why()).contains("more came than the " + allowed + " allowed"));
            assertThat(into.position()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DATAGRAM", "SEQPACKET"})
    void payloadThatIsTooLongMakesAMessageMalformedAndTheNextArrives(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type);
                var pipe = Pipe.open()) {
            pair.first().send(Bytes.of("too long"), List.of(pipe.readEnd()));
            pair.first().send(Bytes.of("ok"), List.of());
            var into = ByteBuffer.allocate(3);

            // when
            var first = pair.second().receive(into, 1);
            var second = pair.second().receive(into, 1);

            // then
            assertThat(first)
                    .isEqualTo(
                            new Received.Malformed("the payload was cut off: it is longer than the 3 bytes allowed"));
            assertThat(second).isEqualTo(new Received.Message(2, List.of()));
            assertThat(Bytes.text(into)).isEqualTo("ok");
        }
    }

    @Test
    void descriptorsComeWithTheFirstPieceOfAStream() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM);
                var pipe = Pipe.open()) {
            pair.first().send(Bytes.of("abcdef"), List.of(pipe.readEnd()));

            // when
            var first = (Received.Message) pair.second().receive(ByteBuffer.allocate(4), 1);
            var second = (Received.Message) pair.second().receive(ByteBuffer.allocate(4), 1);

            // then
            assertThat(first.length()).isEqualTo(4);
            assertThat(first.descriptors()).hasSize(1);
            assertThat(second).isEqualTo(new Received.Message(2, List.of()));
            first.descriptors().forEach(Fd::close);
        }
    }

    @Test
    void streamTakesAPartAndTellsByThePosition() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.STREAM)) {
            pair.first().setNonBlocking(true);
            var payload = ByteBuffer.allocateDirect(4 << 20);

            // when
            boolean sent = pair.first().send(payload, List.of());
            boolean more = pair.first().send(payload, List.of());

            // then
            assertThat(sent).isTrue();
            assertThat(payload.position()).isBetween(1, payload.limit() - 1);
            assertThat(more).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void fullSocketWouldBlockUntilSomethingIsReceived(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type);
                var pipe = Pipe.open()) {
            pair.first().setNonBlocking(true);
            int sent = 0;
            while (pair.first().send(ByteBuffer.allocate(200), List.of(pipe.readEnd()))) {
                sent++;
            }
            for (int i = 0; i < sent; i++) {
                ((Received.Message) pair.second().receive(ByteBuffer.allocate(200), 1))
                        .descriptors()
                        .forEach(Fd::close);
            }

            // when
            boolean again = pair.first().send(Bytes.of("x"), List.of());

            // then
            assertThat(sent).isBetween(1, 1_000);
            assertThat(again).isTrue();
        }
    }

    @Test
    void nothingToReceiveWouldBlock() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            pair.first().setNonBlocking(true);
            pair.second().setReceiveTimeout(Duration.ofMillis(5));

            // when
            var atOnce = pair.first().receive(ByteBuffer.allocate(1), 1);
            var afterTheTimeout = pair.second().receive(ByteBuffer.allocate(1), 1);

            // then
            assertThat(atOnce).isEqualTo(new Received.WouldBlock());
            assertThat(afterTheTimeout).isEqualTo(new Received.WouldBlock());
        }
    }

    @Test
    void sendTimesOut() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            pair.first().setSendTimeout(Duration.ofMillis(5));
            int sent = 0;

            // when
            while (pair.first().send(ByteBuffer.allocate(10_000), List.of())) {
                sent++;
            }

            // then
            assertThat(sent).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "SEQPACKET"})
    void sendingToAClosedPeerFails(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type)) {
            pair.second().close();

            // when
            var failure = catchThrowableOfType(
                    PosixException.class, () -> pair.first().send(Bytes.of("x"), List.of()));

            // then
            assertThat(failure.errno()).isEqualTo(Errno.EPIPE);
            assertThat(failure).hasMessageStartingWith("cannot send a message on fd ");
        }
    }

    @Test
    void sendingToAPeerThatClosedWithUnreadMessagesIsAReset() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            pair.first().send(Bytes.of("unread"), List.of());
            pair.second().close();

            // when
            var failure = catchThrowableOfType(
                    PosixException.class, () -> pair.first().send(Bytes.of("x"), List.of()));

            // then
            assertThat(failure.errno()).isEqualTo(Errno.ECONNRESET);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "SEQPACKET"})
    void whatAPeerSentBeforeItsResetStillArrives(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type)) {
            pair.first().send(Bytes.of("unread"), List.of());
            pair.second().send(Bytes.of("last word"), List.of());
            pair.second().close();
            var into = ByteBuffer.allocate(100);

            // when
            var first = pair.first().receive(into, 1);
            var second = pair.first().receive(into, 1);

            // then
            assertThat(first).isEqualTo(new Received.Message(9, List.of()));
            assertThat(second).isEqualTo(new Received.EndOfStream());
            assertThat(Bytes.text(into)).isEqualTo("last word");
        }
    }

    @Test
    void badDescriptorSendsNothing() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            pair.second().setNonBlocking(true);
            var bad = List.of(new Fd(9_999));

            // when
            var failure = catchThrowableOfType(
                    PosixException.class, () -> pair.first().send(Bytes.of("x"), bad));

            // then
            assertThat(failure.errno()).isEqualTo(Errno.EBADF);
            assertThat(pair.second().receive(ByteBuffer.allocate(1), 1)).isEqualTo(new Received.WouldBlock());
        }
    }

    @Test
    void emptyMessageWithDescriptorsIsMalformed() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET);
                var pipe = Pipe.open()) {
            new Transfer().send(pair.first().fd(), ByteBuffer.allocate(0), List.of(pipe.readEnd()));

            // when
            var received = pair.second().receive(ByteBuffer.allocate(1), 1);

            // then
            assertThat(received).isEqualTo(new Received.Malformed("an empty message carried descriptors"));
        }
    }

    @Test
    void emptyDatagramIsAMessage() {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.DATAGRAM)) {
            new Transfer().send(pair.first().fd(), ByteBuffer.allocate(0), List.of());

            // when
            var received = pair.second().receive(ByteBuffer.allocate(1), 1);

            // then
            assertThat(received).isEqualTo(new Received.Message(0, List.of()));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAM", "SEQPACKET"})
    void connectionIsAcceptedAndKnowsItsPeer(UnixSocket.Type type) {
        // given
        var path = directory.resolve("s.sock");
        try (var listener = UnixSocket.listen(path, type, 5);
                var client = UnixSocket.connect(path, type)) {
            // when
            try (var server = listener.accept().orElseThrow()) {
                // then
                client.send(Bytes.of("hello"), List.of());
                var into = ByteBuffer.allocate(100);
                server.receive(into, 0);
                assertThat(Bytes.text(into)).isEqualTo("hello");
                assertThat(server.type()).isEqualTo(type);
                assertThat(server.peerCredentials().pid()).isEqualTo(Processes.currentPid());
                assertThat(server.peerCredentials().uid()).isEqualTo(Processes.userId());
                assertThat(client.peerCredentials()).isEqualTo(server.peerCredentials());
            }
        }
    }

    @Test
    void datagramsArriveWhereAPathIsBound() {
        // given
        var path = directory.resolve("d.sock");
        try (var receiver = UnixSocket.bind(path);
                var sender = UnixSocket.connect(path, UnixSocket.Type.DATAGRAM)) {
            // when
            sender.send(Bytes.of("READY=1"), List.of());

            // then
            var into = ByteBuffer.allocate(100);
            assertThat(receiver.receive(into, 0)).isEqualTo(new Received.Message(7, List.of()));
        }
    }

    @Test
    void acceptWithoutAConnectionIsEmpty() {
        // given
        try (var listener = UnixSocket.listen(directory.resolve("s.sock"), UnixSocket.Type.SEQPACKET, 5)) {
            listener.setNonBlocking(true);

            // when
            var accepted = listener.accept();

            // then
            assertThat(accepted).isEmpty();
        }
    }

    @Test
    void pathsThatCannotBeUsedAreToldApart() {
        // given
        var taken = directory.resolve("taken.sock");
        var tooLong = directory.resolve("x".repeat(100));
        UnixSocket.listen(taken, UnixSocket.Type.STREAM, 1).close();

        // when, then
        assertThatThrownBy(() -> UnixSocket.listen(tooLong, UnixSocket.Type.STREAM, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(tooLong.toString())
                .hasMessageContaining("107");
        assertThatThrownBy(() -> UnixSocket.listen(taken, UnixSocket.Type.STREAM, 1))
                .isInstanceOf(PosixException.class)
                .hasMessage("cannot bind " + taken + ": bind: EADDRINUSE (Address already in use)");
        assertThatThrownBy(() -> UnixSocket.bind(directory.resolve("none/s.sock")))
                .hasMessageContaining("ENOENT");
        assertThatThrownBy(() -> UnixSocket.connect(taken, UnixSocket.Type.STREAM))
                .hasMessage("cannot connect to " + taken + ": connect: ECONNREFUSED (Connection refused)");
        assertThatThrownBy(() -> UnixSocket.listen(directory.resolve("d.sock"), UnixSocket.Type.DATAGRAM, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longestPathWorks() {
        // given
        var path = directory.resolve("x".repeat(107 - directory.toString().length() - 1));

        // when
        try (var listener = UnixSocket.listen(path, UnixSocket.Type.STREAM, 1)) {
            // then
            assertThat(path.toString()).hasSize(107);
            UnixSocket.connect(path, UnixSocket.Type.STREAM).close();
            listener.accept().orElseThrow().close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void adoptedSocketKnowsItsType(UnixSocket.Type type) {
        // given
        try (var pair = UnixSocket.pair(type)) {
            // when
            try (var adopted = UnixSocket.adopt(pair.first().fd().duplicate())) {
                // then
                assertThat(adopted.type()).isEqualTo(type);
            }
        }
    }

    @Test
    void shutdownWakesABlockedReceiver() throws InterruptedException {
        // given
        try (var pair = UnixSocket.pair(UnixSocket.Type.SEQPACKET)) {
            var received = new AtomicReference<Received>(new Received.WouldBlock());
            var receiver =
                    Thread.ofPlatform().start(() -> received.set(pair.first().receive(ByteBuffer.allocate(1), 0)));
            Await.until("blocked receiver", pair.first().fd()::isInUse);

            // when
            pair.first().shutdown();
            pair.first().shutdown();

            // then
            receiver.join();
            assertThat(received.get()).isEqualTo(new Received.EndOfStream());
        }
    }
}
