package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.cli.fixtures.FakeMaster;
import io.grpc.ConnectivityState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EarlyChannelTest {

    @TempDir
    private Path directory;

    private Map<String, String> environment() {
        return Map.of("DROVER_RUN_DIR", directory.toString());
    }

    private Path socket() {
        return RunDirectory.socket(directory);
    }

    @Test
    void connectsBeforeItIsAskedTo() throws IOException {
        try (var _ = new FakeMaster(directory);
                var early = EarlyChannel.start(environment(), List.of("get", "workers"));
                var channel = early.take(socket()).orElseThrow()) {
            awaitState(channel, ConnectivityState.READY);
        }
    }

    @Test
    void doesNotConnectWhereAnotherAddressIsNamed() throws IOException {
        try (var _ = new FakeMaster(directory);
                var early =
                        EarlyChannel.start(environment(), List.of("get", "workers", "--address", "127.0.0.1:9090"));
                var channel = early.take(socket()).orElseThrow()) {
            assertThat(channel.grpc().getState(false)).isEqualTo(ConnectivityState.IDLE);
        }
    }

    @Test
    void isTakenOnce() throws IOException {
        try (var _ = new FakeMaster(directory);
                var early = EarlyChannel.start(environment(), List.of("top"))) {
            early.take(socket()).orElseThrow().close();
            assertThat(early.take(socket())).isEmpty();
        }
    }

    @Test
    void isNotForAnotherSocket() throws IOException {
        try (var _ = new FakeMaster(directory);
                var early = EarlyChannel.start(environment(), List.of("top"))) {
            assertThat(early.take(directory.resolve("other.sock"))).isEmpty();
        }
    }

    /// The JVM would wait for the thread.
    @Test
    void leavesNoThreadBehindWhereNobodyTakesIt() throws IOException {
        try (var _ = new FakeMaster(directory)) {
            var before = threads();
            EarlyChannel.start(environment(), List.of("validate")).close();
            assertThat(threads()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void isNotForHelp() {
        try (var early = EarlyChannel.start(environment(), List.of("-h"))) {
            assertThat(early.take(socket())).isEmpty();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nioEventLoopGroup"))
                .filter(Thread::isAlive)
                .count();
    }

    private static void awaitState(MasterChannel channel, ConnectivityState wanted) {
        var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (channel.grpc().getState(false) != wanted && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        assertThat(channel.grpc().getState(false)).isEqualTo(wanted);
    }
}
