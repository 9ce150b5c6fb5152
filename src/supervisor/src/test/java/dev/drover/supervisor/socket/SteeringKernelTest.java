package dev.drover.supervisor.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.socket.fixtures.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The program of [SteeringProgram], run by the kernel.
class SteeringKernelTest extends SocketFixture {
    private static final int CONNECTIONS = 2000;

    /// Chi-square with 3 degrees of freedom exceeds this once in 10 million runs.
    private static final double CHI_SQUARE_BOUND = 35;

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "::, ::1", "::, 127.0.0.1"})
    void connectionsAreSpreadEvenlyOverTheTargetsAndNoOthers(String host, String from) throws IOException {
        // given
        var socket = open(host, Distribution.SHARDED, 6);
        socket.steer(Set.of(0, 2, 3, 5));
        socket.probe(Map.of(1, 1));

        // when
        var spread = spread(socket, reach(socket, from), CONNECTIONS);

        // then
        assertThat(spread[1]).isZero();
        assertThat(spread[4]).isZero();
        double expected = CONNECTIONS / 4.0;
        double chiSquare = IntStream.of(spread[0], spread[2], spread[3], spread[5])
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(chiSquare).as(Arrays.toString(spread)).isLessThan(CHI_SQUARE_BOUND);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "::1, ::1", "::, ::1", "::, 127.0.0.1"})
    void aProbeReachesItsShardThoughNothingElseDoes(String host, String from) throws IOException {
        // given
        var socket = open(host, Distribution.SHARDED, 6);
        socket.steer(Set.of(0));
        var sources = IntStream.range(1, 6).boxed().collect(Collectors.toMap(shard -> shard, _ -> source(from)));
        var ports = new HashMap<Integer, Integer>();
        for (var source : sources.entrySet()) {
            ports.put(port(source.getValue()), source.getKey());
        }
        socket.probe(ports);

        // when
        for (var source : sources.values()) {
            source.connect(reach(socket, from));
        }

        // then
        Await.until(() -> Arrays.stream(queues(socket)).sum() == 5, () -> Arrays.toString(queues(socket)));
        assertThat(queues(socket)).containsExactly(0, 1, 1, 1, 1, 1);
        for (var source : sources.values()) {
            source.close();
        }
    }

    @Test
    void theLargestGroupWithTheWorstTableIsSteered() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 1001);
        var odd =
                IntStream.range(0, 1001).filter(shard -> shard % 2 == 1).boxed().collect(Collectors.toSet());
        socket.steer(odd);
        socket.probe(IntStream.range(0, 200).boxed().collect(Collectors.toMap(i -> 1 + i, i -> i)));

        // when
        var spread = spread(socket, socket.address(), 1000);

        // then
        assertThat(IntStream.range(0, 1001).filter(shard -> shard % 2 == 0 && spread[shard] > 0))
                .isEmpty();
        assertThat(Arrays.stream(spread).max().orElseThrow()).isLessThan(20);
    }

    @Test
    void newConnectionsWaitInTheFirstShardUntilToldOtherwise() throws IOException {
        // given
        var socket = open("127.0.0.1", Distribution.SHARDED, 3);

        // when
        var spread = spread(socket, socket.address(), 50);

        // then
        assertThat(spread).containsExactly(50, 0, 0);
    }

    @Test
    void theShardsHaveTheOrderOfTheirNumbers() throws IOException {
        assertEachShardIsReached(open("127.0.0.1", Distribution.SHARDED, 4));
    }

    private static SocketChannel source(String host) {
        try {
            var channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            return channel.bind(new InetSocketAddress(InetAddress.ofLiteral(host), 0));
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static int port(SocketChannel channel) throws IOException {
        SocketAddress address = channel.getLocalAddress();
        return ((InetSocketAddress) address).getPort();
    }
}
