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

class AheadTest {

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
                var ahead = Ahead.start(environment(), List.of("get", "workers"));
                var way = ahead.take(socket()).orElseThrow()) {
            awaitState(way, ConnectivityState.READY);
        }
    }

    @Test
    void doesNotConnectWhereAnotherAddressIsNamed() throws IOException {
        try (var _ = new FakeMaster(directory);
                var ahead = Ahead.start(environment(), List.of("get", "workers", "--address", "127.0.0.1:9090"));
                var way = ahead.take(socket()).orElseThrow()) {
            assertThat(way.channel().getState(false)).isEqualTo(ConnectivityState.IDLE);
        }
    }

    @Test
    void isTakenOnce() throws IOException {
        try (var _ = new FakeMaster(directory);
                var ahead = Ahead.start(environment(), List.of("top"))) {
            ahead.take(socket()).orElseThrow().close();
            assertThat(ahead.take(socket())).isEmpty();
        }
    }

    @Test
    void isNotForAnotherSocket() throws IOException {
        try (var _ = new FakeMaster(directory);
                var ahead = Ahead.start(environment(), List.of("top"))) {
            assertThat(ahead.take(directory.resolve("other.sock"))).isEmpty();
        }
    }

    /// The JVM would wait for the thread.
    @Test
    void leavesNoThreadBehindWhereNobodyTakesIt() throws IOException {
        try (var _ = new FakeMaster(directory)) {
            var before = threads();
            Ahead.start(environment(), List.of("validate")).close();
            assertThat(threads()).isLessThanOrEqualTo(before);
        }
    }

    @Test
    void isNotForHelp() {
        try (var ahead = Ahead.start(environment(), List.of("-h"))) {
            assertThat(ahead.take(socket())).isEmpty();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("nioEventLoopGroup"))
                .filter(Thread::isAlive)
                .count();
    }

    private static void awaitState(Way way, ConnectivityState wanted) {
        var end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (way.channel().getState(false) != wanted && System.nanoTime() < end) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        assertThat(way.channel().getState(false)).isEqualTo(wanted);
    }
}
