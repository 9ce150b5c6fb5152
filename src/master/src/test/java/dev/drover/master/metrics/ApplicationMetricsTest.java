package dev.drover.master.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.metrics.Report;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What applications measure on the page of the master.
class ApplicationMetricsTest {
    private static final Duration BOUND = Duration.ofSeconds(1);

    private final FakeControls controls = new FakeControls(true, true);
    private final MasterMetrics metrics =
            new MasterMetrics(controls, () -> "1.2.3", InstantSource.fixed(Snapshots.NOW));
    private final MetricsPage page = new MetricsPage(() -> metrics.gather(BOUND));

    private void reported(int ordinal, Map<Series, Value> values, Map<String, String> help) {
        var incarnation = new Incarnation(new WorkerId("web", ordinal), 1);
        controls.applicationMetrics().began(incarnation);
        assertThat(controls.applicationMetrics().report(incarnation, new Report(values, help)))
                .isEmpty();
    }

    @Test
    void workersAreAddedUpAndGaugesStayApart() {
        // given
        var orders = Series.of("orders", Map.of("kind", "a\"b\n"));
        var latency = Series.of("latency_seconds", Map.of());
        var queue = Series.of("queue", Map.of());
        for (int ordinal = 0; ordinal < 2; ordinal++) {
            reported(
                    ordinal,
                    Map.of(
                            orders, new Value.Count(ordinal + 1),
                            latency, new Value.Distribution(List.of(0.1, 1.0), List.of(1L, 3L), 4, 2.5),
                            queue, new Value.Gauge(ordinal)),
                    Map.of("orders", "Orders taken."));
        }

        // then
        assertThat(page.get("").body().lines())
                .contains(
                        "# HELP orders_total Orders taken.",
                        "# TYPE orders_total counter",
                        "orders_total{kind=\"a\\\"b\\n\",pool=\"web\"} 3.0",
                        "latency_seconds_bucket{pool=\"web\",le=\"0.1\"} 2",
                        "latency_seconds_bucket{pool=\"web\",le=\"1.0\"} 6",
                        "latency_seconds_bucket{pool=\"web\",le=\"+Inf\"} 8",
                        "latency_seconds_count{pool=\"web\"} 8",
                        "latency_seconds_sum{pool=\"web\"} 5.0",
                        "queue{pool=\"web\",worker=\"web-0\"} 0.0",
                        "queue{pool=\"web\",worker=\"web-1\"} 1.0",
                        "drover_application_series 4.0",
                        "drover_application_values_refused 0.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orders_total", "orders_created", "orders"})
    void namesThatWouldStandTwiceStandOnce(String gauge) {
        // given
        reported(
                0,
                Map.of(
                        Series.of("orders", Map.of()), new Value.Count(1),
                        Series.of(gauge + "_x", Map.of()), new Value.Gauge(1)),
                Map.of());
        reported(1, Map.of(Series.of(gauge, Map.of()), new Value.Gauge(1)), Map.of());

        // when
        var answer = page.get("application/openmetrics-text");

        // then
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body().lines().filter(line -> line.matches("# TYPE orders(_total|_created)? .*")))
                .hasSize(1);
        assertThat(answer.body()).contains("drover_application_values_refused 1.0\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_total", "a_bucket", "a_count", "a_sum", "a_info", "a_created", "a:b"})
    void noNameBreaksThePage(String name) {
        // given
        reported(0, Map.of(Series.of(name, Map.of()), new Value.Gauge(1)), Map.of());
        reported(1, Map.of(Series.of("good", Map.of()), new Value.Count(1)), Map.of("good", "Two\nlines and a \\."));

        // then
        for (var accept : List.of("", "application/openmetrics-text")) {
            var answer = page.get(accept);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("good_total{pool=\"web\"} 1.0\n");
        }
    }
}
