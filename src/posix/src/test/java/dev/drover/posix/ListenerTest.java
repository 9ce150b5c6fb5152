package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeaks.class)
class ListenerTest {
    private static final SocketAddress ANY_PORT = address("127.0.0.1", 0);

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, IPV4",
        "0.0.0.0, 127.0.0.1, IPV4",
        "::1, ::1, IPV6",
        "::, ::1, IPV6",
        "::, 127.0.0.1, IPV6"
    })
    void connectionArrivesWithItsAddresses(String bound, String target, AddressFamily family) throws IOException {
        // given
        try (var listener = Listener.bind(address(bound, 0), false)) {
            listener.listen(10);
            int port = port(listener);
            try (var client = SocketChannel.open(address(target, port))) {
                // when
                try (var connection = Await.present("connection", listener::accept)) {
                    // then
                    assertThat(listener.family()).isEqualTo(family);
                    assertThat(connection.peerAddress()).isEqualTo(client.getLocalAddress());
                    assertThat(connection.localAddress()).isEqualTo(address(target, port));
                    connection.fd().write(Bytes.of("hello"));
                    var into = ByteBuffer.allocate(10);
                    client.read(into);
                    assertThat(Bytes.text(into)).isEqualTo("hello");
                }
            }
        }
    }

    @Test
    void unixListenerAcceptsAtItsPath(@TempDir Path directory) {
        // given
        var address = UnixDomainSocketAddress.of(directory.resolve("l.sock"));
        try (var listener = Listener.bind(address, false)) {
            listener.listen(10);
            try (var client = UnixSocket.connect(address.getPath(), UnixSocket.Type.STREAM)) {
                // when
                try (var connection = listener.accept().orElseThrow()) {
                    // then
                    assertThat(listener.family()).isEqualTo(AddressFamily.UNIX);
                    assertThat(listener.localAddress()).isEqualTo(address);
                    assertThat(listener.queue()).isEmpty();
                    assertThat(connection.peerAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
                    assertThat(client.fd().isOpen()).isTrue();
                }
            }
        }
    }

    @Test
    void acceptedConnectionDoesNotBlock() throws IOException {
        // given
        try (var listener = listening()) {
            try (var client = SocketChannel.open(listener.localAddress());
                    var connection = Await.present("connection", listener::accept)) {
                // when
                int read = connection.fd().read(ByteBuffer.allocate(1));

                // then
                assertThat(read).isZero();
                assertThat(client.isOpen()).isTrue();
            }
        }
    }

    @Test
    void descriptorIsAcceptedAloneAndTellsItsEndsWhenAsked() throws IOException {
        // given
        try (var listener = Listener.bind(ANY_PORT, false)) {
            listener.listen(10);
            assertThat(listener.acceptDescriptor()).isEmpty();
            try (var client = SocketChannel.open(listener.localAddress());
                    // when
                    var fd = Await.present("connection", listener::acceptDescriptor)) {
                // then
                assertThat(Connection.peerAddress(fd)).contains(client.getLocalAddress());
                assertThat(Connection.localAddress(fd)).isEqualTo(client.getRemoteAddress());
                assertThat(fd.read(ByteBuffer.allocate(1)))
                        .as("it does not block")
                        .isZero();
            }
        }
    }

    @Test
    void clientThatIsGoneHasNoAddress() throws IOException {
        // given
        try (var listener = Listener.bind(ANY_PORT, false)) {
            listener.listen(10);
            try (var client = SocketChannel.open(listener.localAddress())) {
                client.setOption(StandardSocketOptions.SO_LINGER, 0);
            }

            // when
            try (var fd = Await.present("connection", listener::acceptDescriptor)) {
                // then
                assertThat(Connection.peerAddress(fd)).isEmpty();
            }
        }
    }

    @Test
    void acceptWithoutAConnectionIsEmpty() {
        // given
        try (var listener = listening()) {
            // when
            var accepted = listener.accept();

            // then
            assertThat(accepted).isEmpty();
        }
    }

    @Test
    void acceptBeforeListenFails() {
        // given
        try (var listener = Listener.bind(ANY_PORT, false)) {
            // when
            var failure = catchThrowableOfType(PosixException.class, listener::accept);

            // then
            assertThat(failure.errno()).isEqualTo(Errno.EINVAL);
        }
    }

    @Test
    void addressInUseIsSeenEvenByTheSameUserWhenTheFirstDoesNotShareIt() {
        // given
        try (var first = Listener.bind(ANY_PORT, false)) {
            first.listen(1);
            var address = first.localAddress();

            // when
            var failure = catchThrowableOfType(PosixException.class, () -> Listener.bind(address, true));

            // then
            assertThat(failure)
                    .hasMessage("cannot bind 127.0.0.1:" + port(first) + ": bind: EADDRINUSE (Address already in use)");
        }
    }

    @Test
    void othersMayBindOnceTheFirstSharesItsAddress() {
        // given
        try (var first = Listener.bind(ANY_PORT, false)) {
            first.enableReusePort();

            // when
            try (var second = Listener.bind(first.localAddress(), true)) {
                // then
                first.listen(1);
                second.listen(1);
                assertThat(second.localAddress()).isEqualTo(first.localAddress());
                assertThatThrownBy(() -> Listener.bind(first.localAddress(), false))
                        .hasMessageContaining("EADDRINUSE");
            }
        }
    }

    @Test
    void queueTellsWhatWaitsAndHowMuchMay() throws IOException {
        // given
        try (var listener = Listener.bind(ANY_PORT, false)) {
            var before = listener.queue();
            listener.listen(7);

            // when
            try (var one = SocketChannel.open(listener.localAddress());
                    var two = SocketChannel.open(listener.localAddress())) {
                Await.until("queue of two", () -> queued(listener) == 2);

                // then
                assertThat(one.isConnected() && two.isConnected()).isTrue();
                assertThat(before).contains(new ListenQueue(false, 0, 0));
                assertThat(listener.queue()).contains(new ListenQueue(true, 2, 7));
                listener.accept().orElseThrow().close();
                assertThat(listener.queue()).contains(new ListenQueue(true, 1, 7));
                listener.listen(9);
                assertThat(listener.queue()).contains(new ListenQueue(true, 1, 9));
            }
        }
    }

    @Test
    void adoptedListenerServesTheSameQueue() throws IOException {
        // given
        try (var listener = listening();
                var client = SocketChannel.open(listener.localAddress())) {
            // when
            try (var adopted = Listener.adopt(listener.fd().duplicate())) {
                // then
                assertThat(adopted.family()).isEqualTo(AddressFamily.IPV4);
                assertThat(adopted.localAddress()).isEqualTo(listener.localAddress());
                try (var connection = Await.present("connection", adopted::accept);
                        var again = Connection.adopt(connection.fd().duplicate())) {
                    assertThat(again.peerAddress()).isEqualTo(client.getLocalAddress());
                }
            }
        }
    }

    @Test
    void whatIsNoListenerIsNotAdopted() {
        // given
        try (var pipe = Pipe.open();
                var pair = UnixSocket.pair(UnixSocket.Type.DATAGRAM)) {
            // when, then
            assertThatThrownBy(() -> Listener.adopt(pipe.readEnd())).hasMessageContaining("ENOTSOCK");
            assertThatThrownBy(() -> Listener.adopt(pair.first().fd())).hasMessageContaining("no stream socket");
        }
    }

    @Test
    void addressesThatCannotBeUsedAreRefused() {
        // given
        var unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
        var elsewhere = address("192.0.2.1", 0);

        // when, then
        assertThatThrownBy(() -> Listener.bind(unresolved, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not resolved");
        assertThatThrownBy(() -> Listener.bind(elsewhere, false))
                .hasMessage("cannot bind 192.0.2.1:0: bind: EADDRNOTAVAIL (Cannot assign requested address)");
    }

    private static Listener listening() {
        var listener = Listener.bind(ANY_PORT, false);
        listener.listen(10);
        return listener;
    }

    private static int queued(Listener listener) {
        return listener.queue().orElseThrow().queued();
    }

    private static int port(Listener listener) {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }
}
