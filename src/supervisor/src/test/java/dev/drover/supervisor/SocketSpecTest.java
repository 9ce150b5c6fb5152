package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.dispatch.DispatchPolicy;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SocketSpecTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @Test
    void aDispatchedSocketGoesRoundUnlessToldOtherwise() {
        assertThat(new SocketSpec("http", ADDRESS, 16, Distribution.DISPATCHED).policy())
                .contains(DispatchPolicy.roundRobin());
        assertThat(new SocketSpec("http", ADDRESS, 16, Distribution.SHARED).policy())
                .isEmpty();
    }

    @Test
    void onlyADispatchedSocketHasAPolicy() {
        assertThatThrownBy(() -> new SocketSpec(
                        "http", ADDRESS, 16, Distribution.SHARDED, Optional.of(DispatchPolicy.roundRobin())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http");
        assertThatThrownBy(() -> new SocketSpec("http", ADDRESS, 16, Distribution.DISPATCHED, Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDispatchedSocketNeedsWorkersThatSpeakDrover() {
        // given
        var spec = PoolPlay.spec(1, "cmd");
        var drover = spec.template();
        var systemd = new Template(
                Template.Protocol.SYSTEMD,
                drover.command(),
                drover.workingDirectory(),
                drover.environment(),
                drover.readyWhen(),
                drover.stopSignal());

        // when
        assertThatThrownBy(() -> new PoolSpec(
                        "web",
                        1,
                        List.of(new SocketSpec("http", ADDRESS, 16, Distribution.DISPATCHED)),
                        systemd,
                        spec.maxSurge(),
                        spec.maxUnavailable(),
                        spec.minReady(),
                        spec.progressDeadline(),
                        spec.revisionHistoryLimit(),
                        spec.rollbackOnFailure(),
                        spec.terminationGrace(),
                        spec.restart(),
                        spec.recycle(),
                        spec.output()))
                // then
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("protocol Drover");
    }
}
