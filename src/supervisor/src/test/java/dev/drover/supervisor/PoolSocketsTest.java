package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.fixtures.PoolPlay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolSocketsTest {

    @Test
    void theSurgeLeavesRoomInTheSteeringTable() {
        assertThat(PoolPlay.spec(1000, "cmd", 250, 0).surge()).isEqualTo(24);
        assertThat(PoolPlay.spec(1, "cmd", Integer.MAX_VALUE, 0).surge()).isEqualTo(1023);
    }

    @Test
    void aShardThatCouldNotBeOpenedIsLeftOutOfTheSteering() {
        // given
        var problems = new ArrayList<String>();
        try (var sockets = PoolSockets.open(onLoopback(), problems)) {
            // when
            sockets.grow(PoolSpec.MAX_INCARNATIONS + 1);
            sockets.steer(Set.of(0, 7));

            // then
            assertThat(problems).isEmpty();
            assertThat(sockets.has(0)).isTrue();
            assertThat(sockets.has(7)).isFalse();
            sockets.grow(8);
            assertThat(sockets.has(7)).isTrue();
        }
    }

    private static PoolSpec onLoopback() {
        var spec = PoolPlay.spec(1, "cmd");
        var socket = new SocketSpec(
                "http",
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                16,
                SocketSpec.Distribution.SHARDED);
        return new PoolSpec(
                spec.name(),
                spec.replicas(),
                List.of(socket),
                spec.template(),
                spec.maxSurge(),
                spec.maxUnavailable(),
                spec.minReady(),
                spec.progressDeadline(),
                spec.revisionHistoryLimit(),
                spec.rollbackOnFailure(),
                spec.terminationGrace(),
                spec.restart(),
                spec.recycle(),
                spec.output());
    }
}
