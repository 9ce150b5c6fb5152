package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.worker.v1.MetricDistribution;
import dev.drover.protocol.worker.v1.MetricFamily;
import dev.drover.protocol.worker.v1.MetricSeries;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DroverMeterRegistryTest {
    private final DroverMeterRegistry registry = new DroverMeterRegistry();

    @AfterEach
    void close() {
        registry.close();
    }

    private MetricFamily reported(String name) {
        return registry.report().getFamiliesList().stream()
                .filter(family -> family.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + registry.report()));
    }

    private MetricSeries only(String name) {
        assertThat(reported(name).getSeriesList()).hasSize(1);
        return reported(name).getSeries(0);
    }

    @Test
    void countersAreOneMetricWithTheirTags() {
        // given
        registry.counter("shop.orders", "kind", "book").increment(2);
        registry.counter("shop.orders", "kind", "toy").increment();
        FunctionCounter.builder("cache.hits", new AtomicInteger(7), AtomicInteger::get)
                .register(registry);

        // then
        assertThat(reported("shop_orders").getSeriesList())
                .containsExactlyInAnyOrder(
                        MetricSeries.newBuilder()
                                .putLabels("kind", "book")
                                .setCount(2)
                                .build(),
                        MetricSeries.newBuilder()
                                .putLabels("kind", "toy")
                                .setCount(1)
                                .build());
    }

    @Test
    void timersCountForEverInSeconds() {
        // given
        var timer = Timer.builder("http.requests")
                .description("Requests.")
                .serviceLevelObjectives(Duration.ofMillis(100), Duration.ofSeconds(1))
                .register(registry);

        // when
        timer.record(Duration.ofMillis(50));
        timer.record(Duration.ofMillis(500));
        timer.record(Duration.ofSeconds(2));

        // then
        assertThat(only("http_requests_seconds").getDistribution())
                .isEqualTo(MetricDistribution.newBuilder()
                        .addBounds(0.1)
                        .addBounds(1.0)
                        .addAtMost(1)
                        .addAtMost(2)
                        .setCount(3)
                        .setSum(2.55)
                        .build());
        assertThat(reported("http_requests_seconds").getHelp()).isEqualTo("Requests.");
    }

    @Test
    void whatHasNoBucketsHasCountAndSum() {
        // given
        DistributionSummary.builder("payload")
                .baseUnit("bytes")
                .register(registry)
                .record(1024);

        // then
        assertThat(only("payload_bytes").getDistribution())
                .isEqualTo(
                        MetricDistribution.newBuilder().setCount(1).setSum(1024).build());
    }

    @Test
    void gaugesAndTasksUnderWayTellWhatIsNow() {
        // given
        var queue = registry.gauge("queue.size", new AtomicInteger(3));
        LongTaskTimer.builder("import").register(registry).start();

        // then
        assertThat(queue).isNotNull();
        assertThat(only("queue_size").getGauge()).isEqualTo(3);
        assertThat(only("import_seconds_active").getGauge()).isEqualTo(1);
        assertThat(only("import_seconds_duration").getGauge()).isNotNegative();
    }

    @ParameterizedTest
    @CsvSource({"pool,exported_pool", "worker,exported_worker", "le,exported_le", "user.name,user_name", "1st,m_1st"})
    void labelsThatAreTheMastersAreRenamed(String tag, String label) {
        // given
        registry.counter("orders", tag, "x").increment();

        // then
        assertThat(only("orders").getLabelsMap()).containsOnly(Map.entry(label, "x"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"drover", "drover.orders", "drover_orders"})
    void namesThatAreTheMastersAreRefused(String name) {
        assertThatThrownBy(() -> registry.counter(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "cannot register meter " + name + ": names that begin with drover are the master's");
    }

    @ParameterizedTest
    @CsvSource({"orders.total, orders", "1st, m_1st", "a b, a_b", "drovers, drovers"})
    void namesAreMadeThoseOfPrometheus(String name, String family) {
        // given
        registry.counter(name).increment();

        // then
        assertThat(only(family).getCount()).isEqualTo(1);
    }
}
