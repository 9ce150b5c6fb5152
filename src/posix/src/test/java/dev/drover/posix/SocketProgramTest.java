package dev.drover.posix;

import static dev.drover.posix.SocketProgram.SKF_AD_OFF;
import static dev.drover.posix.SocketProgram.SKF_AD_RANDOM;
import static dev.drover.posix.SocketProgram.SKF_NET_OFF;
import static dev.drover.posix.SocketProgram.answer;
import static dev.drover.posix.SocketProgram.answerAccumulator;
import static dev.drover.posix.SocketProgram.jumpIfAnySet;
import static dev.drover.posix.SocketProgram.jumpIfEqual;
import static dev.drover.posix.SocketProgram.loadByte;
import static dev.drover.posix.SocketProgram.loadHalfIndexed;
import static dev.drover.posix.SocketProgram.loadIndexHeaderLength;
import static dev.drover.posix.SocketProgram.loadWord;
import static dev.drover.posix.SocketProgram.modulo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.SocketProgram.Instruction;
import dev.drover.posix.fixtures.Await;
import dev.drover.posix.fixtures.Bytes;
import dev.drover.posix.fixtures.NoLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(NoLeaks.class)
class SocketProgramTest {
    private static final int KEEP = -1;
    private static final int DROP = 0;
    private static final int SHARDS = 3;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_SYN = 2;

    @Test
    void programChoosesTheShardAndIsReplacedAtOnce() throws IOException {
        // given
        try (var group = new Group(SocketProgram.of(answer(1)))) {
            // when
            group.connect(5);
            group.first().attachSteering(SocketProgram.of(answer(2)));
            group.connect(7);

            // then
            assertThat(group.queued(12)).containsExactly(0, 5, 7);
        }
    }

    @Test
    void randomNumberSpreadsOverTheFirstShards() throws IOException {
        // given
        var program = SocketProgram.of(loadWord(SKF_AD_OFF + SKF_AD_RANDOM), modulo(2), answerAccumulator());
        try (var group = new Group(program)) {
            // when
            group.connect(60);

            // then
            assertThat(group.queued().subList(0, 2))
                    .allSatisfy(queued -> assertThat(queued).isPositive());
            assertThat(group.queued().getLast()).isZero();
        }
    }

    @Test
    void sourcePortReachesExactlyOneShard() throws IOException {
        // given
        try (var probe = SocketChannel.open().bind(loopback(0))) {
            int port = ((InetSocketAddress) probe.getLocalAddress()).getPort();
            var program = SocketProgram.of(
                    loadIndexHeaderLength(SKF_NET_OFF),
                    loadHalfIndexed(SKF_NET_OFF),
                    jumpIfEqual(port, 0, 1),
                    answer(2),
                    answer(0));
            try (var group = new Group(program)) {
                // when
                probe.connect(group.address());
                group.connect(4);

                // then
                assertThat(group.queued(5)).containsExactly(4, 0, 1);
            }
        }
    }

    @Test
    void filterDropsOnlyWhatOpensAConnection() throws IOException {
        // given
        try (var listener = Listener.bind(loopback(0), false)) {
            listener.listen(10);
            var address = listener.localAddress();
            try (var early = SocketChannel.open(address);
                    var late = new Socket()) {
                // when
                listener.attachFilter(
                        SocketProgram.of(loadByte(TCP_FLAGS), jumpIfAnySet(TCP_SYN, 0, 1), answer(DROP), answer(KEEP)));

                // then
                assertThatThrownBy(() -> late.connect(address, 100)).isInstanceOf(SocketTimeoutException.class);
                try (var connection = Await.present("connection", listener::accept)) {
                    connection.fd().write(Bytes.of("served"));
                    var into = ByteBuffer.allocate(10);
                    early.read(into);
                    assertThat(Bytes.text(into)).isEqualTo("served");
                }
            }
            listener.detachFilter();
            listener.detachFilter();
            SocketChannel.open(address).close();
        }
    }

    @Test
    void programTheKernelRefusesIsAnError() {
        // given
        try (var listener = Listener.bind(loopback(0), true)) {
            var endless = SocketProgram.of(SocketProgram.loadImmediate(1));

            // when, then
            assertThatThrownBy(() -> listener.attachSteering(endless))
                    .isInstanceOf(PosixException.class)
                    .hasMessageStartingWith("cannot steer the connections of listener 127.0.0.1:")
                    .hasMessageContaining("EINVAL");
        }
    }

    @ParameterizedTest
    @MethodSource
    void everyInstructionIsOneTheKernelKnows(Instruction instruction) {
        // given
        try (var listener = Listener.bind(loopback(0), false)) {
            // when
            listener.attachFilter(SocketProgram.of(
                    SocketProgram.loadImmediate(1),
                    SocketProgram.store(0),
                    SocketProgram.copyToIndex(),
                    instruction,
                    answer(KEEP),
                    answer(DROP)));

            // then
            listener.detachFilter();
        }
    }

    static List<Instruction> everyInstructionIsOneTheKernelKnows() {
        return List.of(
                SocketProgram.loadWord(0),
                SocketProgram.loadHalf(0),
                SocketProgram.loadByte(0),
                SocketProgram.loadWordIndexed(0),
                SocketProgram.loadHalfIndexed(0),
                SocketProgram.loadByteIndexed(0),
                SocketProgram.loadImmediate(1),
                SocketProgram.loadMemory(0),
                SocketProgram.loadLength(),
                SocketProgram.loadIndexImmediate(1),
                SocketProgram.loadIndexMemory(0),
                SocketProgram.loadIndexHeaderLength(0),
                SocketProgram.store(15),
                SocketProgram.storeIndex(15),
                SocketProgram.add(1),
                SocketProgram.subtract(1),
                SocketProgram.multiply(2),
                SocketProgram.divide(2),
                SocketProgram.modulo(2),
                SocketProgram.and(1),
                SocketProgram.or(1),
                SocketProgram.xor(1),
                SocketProgram.shiftLeft(1),
                SocketProgram.shiftRight(1),
                SocketProgram.addIndex(),
                SocketProgram.subtractIndex(),
                SocketProgram.multiplyIndex(),
                SocketProgram.divideIndex(),
                SocketProgram.moduloIndex(),
                SocketProgram.andIndex(),
                SocketProgram.orIndex(),
                SocketProgram.xorIndex(),
                SocketProgram.shiftRightIndex(),
                SocketProgram.copyToIndex(),
                SocketProgram.copyFromIndex(),
                SocketProgram.jump(1),
                SocketProgram.jumpIfEqual(1, 0, 1),
                SocketProgram.jumpIfGreater(1, 0, 1),
                SocketProgram.jumpIfAtLeast(1, 0, 1),
                SocketProgram.jumpIfAnySet(1, 0, 1),
                SocketProgram.answerAccumulator());
    }

    @Test
    void longestProgramIsTaken() {
        // given
        try (var listener = Listener.bind(loopback(0), true)) {
            var longest = new SocketProgram(Collections.nCopies(SocketProgram.MAX_INSTRUCTIONS, answer(0)));

            // when
            listener.attachSteering(longest);

            // then
            assertThat(longest.instructions()).hasSize(4096);
        }
    }

    @Test
    void rangesOfTheEncodingAreChecked() {
        // given
        var tooLong = Collections.nCopies(SocketProgram.MAX_INSTRUCTIONS + 1, answer(0));

        // when, then
        assertThatThrownBy(() -> new SocketProgram(tooLong))
                .hasMessageContaining("4097")
                .hasMessageContaining("4096");
        assertThatThrownBy(() -> new SocketProgram(List.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> jumpIfEqual(1, 256, 0)).hasMessageContaining("jump 256");
        assertThatThrownBy(() -> new Instruction(-1, 0, 0, 0)).hasMessageContaining("code -1");
        assertThatThrownBy(() -> SocketProgram.store(16)).hasMessageContaining("scratch memory 16");
    }

    private static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    /// Listeners that share an address, opened as a pool opens its shards, and the clients that connected.
    private static final class Group implements AutoCloseable {
        private final List<Listener> listeners = new ArrayList<>();
        private final List<SocketChannel> clients = new ArrayList<>();

        Group(SocketProgram program) {
            listeners.add(Listener.bind(loopback(0), false));
            first().enableReusePort();
            for (int i = 1; i < SHARDS; i++) {
                listeners.add(Listener.bind(first().localAddress(), true));
            }
            first().attachSteering(program);
            listeners.forEach(listener -> listener.listen(100));
        }

        Listener first() {
            return listeners.getFirst();
        }

        InetSocketAddress address() {
            return (InetSocketAddress) first().localAddress();
        }

        void connect(int count) throws IOException {
            for (int i = 0; i < count; i++) {
                clients.add(SocketChannel.open(address()));
            }
        }

        /// What waits in each, once every connection has arrived: the last step of a handshake is the kernel's own.
        List<Integer> queued(int total) {
            Await.until(
                    "queue of " + total,
                    () -> queued().stream().mapToInt(Integer::intValue).sum() == total);
            return queued();
        }

        private List<Integer> queued() {
            return listeners.stream()
                    .map(listener -> listener.queue().orElseThrow().queued())
                    .toList();
        }

        @Override
        public void close() throws IOException {
            for (var client : clients) {
                client.close();
            }
            listeners.forEach(Listener::close);
        }
    }
}
