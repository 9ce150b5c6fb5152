package dev.drover.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.pool.v1.Metrics;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.metrics.AppMetrics;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPagesTest {
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n";
    private static final Incarnation FIRST = new Incarnation(new WorkerId("web", 0), 2);

    @TempDir
    Path directory;

    private final AppMetrics metrics = new AppMetrics();
    private final Snapshot snapshot = new Snapshot(List.of(Snapshots.web(true)), false);

    /// A pool whose workers have a page.
    private Optional<WorkerPool> written() {
        var pool = Snapshots.written().toBuilder();
        pool.getSpecBuilder()
                .setMetrics(Metrics.newBuilder()
                        .setPath(directory + "/$(DROVER_WORKER).$(DROVER_INCARNATION)")
                        .setHttpPath("/metrics"));
        return Optional.of(pool.build());
    }

    private WorkerPages pages() {
        metrics.began(FIRST);
        return new WorkerPages(metrics, _ -> written());
    }

    /// Answers one connection as `web-0` in its second incarnation.
    private ServerSocketChannel serving(String answer) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(directory.resolve("web-0.2")));
        Thread.ofVirtual().start(() -> {
            try (var peer = server.accept()) {
                peer.read(ByteBuffer.allocate(1024));
                peer.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.UTF_8)));
            } catch (IOException gone) {
                // The test is over.
            }
        });
        return server;
    }

    private Map<Series, Value> sums() {
        return Optional.ofNullable(metrics.read(Set.of("web")).get("web"))
                .orElseThrow()
                .sums();
    }

    @Test
    void whatAPageTellsIsReported() throws IOException {
        try (var _ = serving(HEAD + "# TYPE orders_total counter\norders_total 3\n")) {
            // when
            var answered = pages().ask(snapshot, BOUND);

            // then: web-1 has no process
            assertThat(answered).containsExactly(Map.entry(FIRST, true));
            assertThat(sums()).containsExactly(Map.entry(Series.of("orders", Map.of()), new Value.Count(3)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 404 Not Found\r\n\r\na 1\n", "garbage", HEAD + "a b c d\n"})
    void whatIsNoPageIsNotReported(String answer) throws IOException {
        try (var _ = serving(answer)) {
            // when
            var answered = pages().ask(snapshot, BOUND);

            // then
            assertThat(answered).containsExactly(Map.entry(FIRST, false));
            assertThat(sums()).isEmpty();
        }
    }

    @Test
    void whoDoesNotListenOrNotAnswerIsNotWaitedFor() throws IOException {
        // given
        var nobody = pages().ask(snapshot, BOUND);
        try (var silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            silent.bind(UnixDomainSocketAddress.of(directory.resolve("web-0.2")));

            // when
            var late = pages().ask(snapshot, Duration.ofMillis(50));

            // then
            assertThat(nobody).containsExactly(Map.entry(FIRST, false));
            assertThat(late).containsExactly(Map.entry(FIRST, false));
        }
    }

    @Test
    void aPoolThatNamesNoPageIsNotAsked() {
        // given
        var pages = new WorkerPages(metrics, _ -> Optional.of(Snapshots.written()));

        // then
        assertThat(pages.ask(snapshot, BOUND)).isEmpty();
    }

    @Test
    void thePathNamesTheIncarnation() {
        // given
        var asked = Metrics.newBuilder()
                .setPath("/run/$(DROVER_POOL)/$(DROVER_ORDINAL)-$(DROVER_WORKER)-$(DROVER_INCARNATION).sock")
                .build();

        // then
        assertThat(WorkerPages.path(asked, FIRST)).isEqualTo("/run/web/0-web-0-2.sock");
    }
}
