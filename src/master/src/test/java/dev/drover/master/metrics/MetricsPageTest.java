package dev.drover.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.supervisor.SupervisorException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsPageTest {
    private static final Duration BOUND = Duration.ofSeconds(1);
    private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2";

    private final FakeControls controls = new FakeControls(true, true);
    private final MasterMetrics metrics =
            new MasterMetrics(controls, () -> "1.2.3", InstantSource.fixed(Snapshots.NOW.plusSeconds(5)));
    private final MetricsPage page = new MetricsPage(() -> metrics.gather(BOUND));

    private String text(String accept) {
        return page.get(accept).body();
    }

    @Test
    void whatWasMeasuredStandsInPrometheusText() {
        assertThat(text("").lines())
                .contains(
                        "# TYPE drover_master_info gauge",
                        "drover_master_info{version=\"1.2.3\"} 1",
                        "drover_master_ready 1.0",
                        "drover_master_cpu_seconds_total 1.5",
                        "# TYPE drover_master_loop_wait_seconds histogram",
                        "drover_master_loop_wait_seconds_bucket{le=\"1.0E-4\"} 1",
                        "drover_master_loop_wait_seconds_bucket{le=\"+Inf\"} 3",
                        "drover_master_loop_wait_seconds_count 3",
                        "drover_master_loop_wait_seconds_sum 15.0",
                        "drover_pool_replicas{pool=\"web\"} 2.0",
                        "drover_pool_ready_replicas{pool=\"web\"} 1.0",
                        "drover_pool_rollout{pool=\"web\",state=\"Progressing\"} 1.0",
                        "drover_pool_rollout{pool=\"web\",state=\"Failed\"} 0.0",
                        "drover_pool_condition{pool=\"web\",type=\"Available\"} 1.0",
                        "# TYPE drover_pool_exits_total counter",
                        "drover_pool_exits_total{cause=\"Signal\",pool=\"web\"} 1.0",
                        "drover_socket_queued_connections{pool=\"web\",socket=\"http\"} 7.0",
                        "drover_socket_accept_queue_limit{pool=\"web\",socket=\"http\"} 4096.0",
                        "drover_socket_handover_seconds_count{pool=\"web\",socket=\"http\"} 3",
                        "drover_socket_redeliveries_total{cause=\"Refused\",pool=\"web\",socket=\"http\"} 3.0",
                        "drover_socket_redeliveries_total{cause=\"Died\",pool=\"web\",socket=\"http\"} 4.0",
                        "drover_worker_ready{pool=\"web\",worker=\"web-0\"} 1.0",
                        "drover_worker_ready{pool=\"web\",worker=\"web-1\"} 0.0",
                        "drover_worker_restarts_total{pool=\"web\",worker=\"web-0\"} 1.0",
                        "drover_worker_exits_total{cause=\"Signal\",pool=\"web\",worker=\"web-0\"} 1.0",
                        "drover_worker_exits_total{cause=\"Hung\",pool=\"web\",worker=\"web-0\"} 0.0",
                        "drover_worker_exits_total{cause=\"Signal\",pool=\"web\",worker=\"web-1\"} 0.0",
                        "drover_worker_resident_memory_bytes{pool=\"web\",worker=\"web-0\"} 4096.0",
                        "drover_worker_open_descriptors{pool=\"web\",worker=\"web-0\"} 11.0",
                        "drover_worker_accept_queue_connections{pool=\"web\",socket=\"http\",worker=\"web-0\"} 7.0",
                        "drover_worker_shard_weight{pool=\"web\",worker=\"web-0\"} 1.0",
                        "drover_worker_connections{pool=\"web\",worker=\"web-0\"} 3.0",
                        "drover_worker_requests_total{pool=\"web\",worker=\"web-0\"} 40.0",
                        "drover_worker_messages_sent_total{pool=\"web\",worker=\"web-0\"} 5.0",
                        "drover_worker_session_round_trip_seconds{pool=\"web\",worker=\"web-0\"} 0.003",
                        "drover_worker_heartbeat_age_seconds{pool=\"web\",worker=\"web-0\"} 3.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/plain;version=0.0.4", "application/json"})
    void whoAsksForNothingSpecialGetsPrometheusText(String accept) {
        assertThat(page.get(accept).contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text(accept)).doesNotContain("# EOF");
    }

    @Test
    void whoAsksForOpenMetricsGetsThat() {
        assertThat(page.get(OPEN_METRICS).contentType())
                .isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(text(OPEN_METRICS))
                .contains("# TYPE drover_master info\n", "# TYPE drover_pool_exits counter\n")
                .endsWith("# EOF\n");
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        // given: the kernel tells nothing
        controls.usages = Optional.empty();

        // then
        assertThat(text(""))
                .contains("drover_worker_ready{")
                .doesNotContain("resident_memory", "cpu_seconds", "start_time_seconds{pool=\"web\",worker=\"web-1\"}");
    }

    @Test
    void aLoopThatDoesNotAnswerIsNoEmptyPage() {
        // given
        var silent = new MetricsPage(() -> {
            throw new SupervisorException(List.of("no answer within 2 s"));
        });

        // when
        var answer = silent.get("");

        // then
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("# no answer within 2 s\n");
    }

    @Test
    void moreScrapesAtOnceThanThereIsRoomForAreRefused() throws Exception {
        // given
        var inside = new Semaphore(0);
        var leave = new CountDownLatch(1);
        var slow = new MetricsPage(() -> {
            inside.release();
            awaitUninterruptibly(leave);
            return List.of();
        });
        for (int i = 0; i < MetricsPage.MAX_AT_ONCE; i++) {
            Thread.ofVirtual().start(() -> slow.get(""));
        }
        inside.acquire(MetricsPage.MAX_AT_ONCE);

        // when
        var answer = slow.get("");
        leave.countDown();

        // then
        assertThat(answer.status()).isEqualTo(503);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
