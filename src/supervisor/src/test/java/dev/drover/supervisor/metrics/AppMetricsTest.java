package dev.drover.supervisor.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.WorkerId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppMetricsTest {
    private static final Series ORDERS = Series.of("orders", Map.of("kind", "book"));
    private static final Series LATENCY = Series.of("latency_seconds", Map.of());
    private static final Series QUEUE = Series.of("queue", Map.of());
    private static final List<Double> BOUNDS = List.of(0.1, 1.0);

    private final AppMetrics metrics = new AppMetrics();

    private static Incarnation incarnation(int ordinal, int number) {
        return new Incarnation(new WorkerId("web", ordinal), number);
    }

    private static Report report(Map<Series, Value> values) {
        return new Report(values, Map.of());
    }

    private static Report counted(double count) {
        return report(Map.of(ORDERS, new Value.Count(count)));
    }

    private static Value.Distribution distribution(List<Double> bounds, List<Long> atMost, long count) {
        return new Value.Distribution(bounds, atMost, count, count);
    }

    private AppMetrics.PoolTotals read() {
        return metrics.read(Set.of("web"))
                .getOrDefault("web", new AppMetrics.PoolTotals(Map.of(), Map.of(), Map.of(), 0));
    }

    private double orders() {
        return read().sums().getOrDefault(ORDERS, new Value.Count(0)) instanceof Value.Count(var count) ? count : -1;
    }

    @Test
    void countersAreAddedUpOverWorkersAndTheirRestarts() {
        // given
        metrics.began(incarnation(0, 1));
        metrics.began(incarnation(1, 1));
        metrics.report(incarnation(0, 1), counted(10));
        metrics.report(incarnation(1, 1), counted(5));

        // when
        metrics.ended(incarnation(0, 1));
        metrics.began(incarnation(0, 2));
        var before = orders();
        metrics.report(incarnation(0, 2), counted(1));

        // then
        assertThat(before).isEqualTo(15);
        assertThat(orders()).isEqualTo(16);
    }

    @Test
    void gaugesStayWithTheWorkerThatLives() {
        // given
        metrics.began(incarnation(0, 1));
        metrics.began(incarnation(1, 1));
        metrics.report(incarnation(0, 1), report(Map.of(QUEUE, new Value.Gauge(3))));
        metrics.report(incarnation(1, 1), report(Map.of(QUEUE, new Value.Gauge(Double.NaN))));

        // when
        metrics.ended(incarnation(0, 1));

        // then
        assertThat(read().gauges()).containsOnlyKeys("web-1");
        assertThat(read().sums()).isEmpty();
    }

    @Test
    void whatComesAfterTheEndIsTooLate() {
        // given
        metrics.began(incarnation(0, 1));
        metrics.report(incarnation(0, 1), counted(10));
        metrics.ended(incarnation(0, 1));

        // when
        metrics.report(incarnation(0, 1), counted(11));

        // then
        assertThat(orders()).isEqualTo(10);
    }

    @Test
    void aCounterThatBeginsAnewOrGoesKeepsWhatItHadCounted() {
        // given
        metrics.began(incarnation(0, 1));

        // when
        metrics.report(incarnation(0, 1), counted(10));
        metrics.report(incarnation(0, 1), counted(3));
        metrics.report(incarnation(0, 1), Report.NONE);
        var gone = orders();
        metrics.report(incarnation(0, 1), counted(2));

        // then
        assertThat(gone).isEqualTo(13);
        assertThat(orders()).isEqualTo(15);
    }

    @Test
    void ofDifferentBucketsThoseAreAddedThatBothHave() {
        // given
        metrics.began(incarnation(0, 1));
        metrics.began(incarnation(1, 1));

        // when
        metrics.report(incarnation(0, 1), report(Map.of(LATENCY, distribution(BOUNDS, List.of(1L, 4L), 6))));
        metrics.report(
                incarnation(1, 1),
                report(Map.of(LATENCY, distribution(List.of(0.5, 1.0, 2.0), List.of(1L, 2L, 3L), 3))));

        // then
        assertThat(read().sums()).containsEntry(LATENCY, distribution(List.of(1.0), List.of(6L), 9));
    }

    @Test
    void aMetricIsOfTheKindItWasFirst() {
        // given
        metrics.began(incarnation(0, 1));
        metrics.began(incarnation(1, 1));

        // when
        metrics.report(incarnation(0, 1), counted(10));
        metrics.report(incarnation(1, 1), report(Map.of(ORDERS, new Value.Gauge(7))));

        // then
        assertThat(orders()).isEqualTo(10);
        assertThat(read().gauges().values()).allMatch(Map::isEmpty);
        assertThat(read().refused()).isEqualTo(1);
    }

    @Test
    void moreSeriesThanAreAllowedAreRefused() {
        // given
        var small = new AppMetrics(1);
        small.began(incarnation(0, 1));
        small.began(incarnation(1, 1));

        // then
        assertThat(small.report(incarnation(0, 1), counted(1))).isEmpty();
        assertThat(small.report(incarnation(0, 1), counted(2)))
                .as("in its place")
                .isEmpty();
        assertThat(small.report(incarnation(1, 1), counted(1)))
                .hasValue("1 series, and 1 of other workers: at most 1 of all together are allowed");
        var many = new HashMap<Series, Value>();
        for (int i = 0; i <= Report.MAX_SERIES; i++) {
            many.put(Series.of("m" + i, Map.of()), new Value.Gauge(i));
        }
        assertThatThrownBy(() -> report(many)).hasMessageContaining("2001 series: at most 2000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void nothingEverGoesBackOver200Restarts(int seed) {
        // given: four workers that count, begin anew, change their buckets, and die at any moment
        var random = new Random(seed);
        var numbers = new int[] {1, 1, 1, 1};
        var counts = new double[4];
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            metrics.began(incarnation(ordinal, 1));
        }
        double told = 0;
        double really = 0;
        long things = 0;
        int restarts = 0;

        // when
        while (restarts < 200) {
            int ordinal = random.nextInt(4);
            switch (random.nextInt(8)) {
                case 0 -> {
                    metrics.ended(incarnation(ordinal, numbers[ordinal]));
                    metrics.began(incarnation(ordinal, ++numbers[ordinal]));
                    counts[ordinal] = 0;
                    restarts++;
                }
                case 1 -> counts[ordinal] = 0;
                default -> {
                    int more = random.nextInt(5);
                    counts[ordinal] += more;
                    long count = (long) counts[ordinal];
                    var bounds = random.nextBoolean() ? BOUNDS : List.of(1.0);
                    var atMost = new ArrayList<Long>();
                    bounds.forEach(_ -> atMost.add(count));
                    metrics.report(
                            incarnation(ordinal, numbers[ordinal]),
                            report(Map.of(
                                    ORDERS,
                                    new Value.Count(counts[ordinal]),
                                    LATENCY,
                                    distribution(bounds, atMost, count))));
                    really += more;
                }
            }
            // then
            double now = orders();
            assertThat(now).isGreaterThanOrEqualTo(told);
            told = now;
            if (read().sums().get(LATENCY) instanceof Value.Distribution latency) {
                assertThat(latency.count()).isGreaterThanOrEqualTo(things);
                assertThat(latency.bounds()).isSubsetOf(BOUNDS);
                things = latency.count();
            }
        }
        assertThat(told).isLessThanOrEqualTo(really).isGreaterThan(really / 2);
    }

    @Test
    void nothingGoesBackForWhoReadsWhileWorkersDie() throws InterruptedException {
        // given
        var done = new AtomicBoolean();
        var loop = Thread.ofPlatform().start(() -> {
            for (int number = 1; number <= 2000; number++) {
                metrics.began(incarnation(0, number));
                metrics.report(incarnation(0, number), counted(1));
                metrics.ended(incarnation(0, number));
            }
            done.set(true);
        });

        // when
        double told = 0;
        while (!done.get()) {
            double now = orders();
            assertThat(now).isGreaterThanOrEqualTo(told);
            told = now;
        }
        loop.join();

        // then
        assertThat(orders()).isEqualTo(2000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1st", "a b", "drover_x", "ä", "a-b"})
    void badNamesAreRefused(String name) {
        assertThatThrownBy(() -> Series.of(name, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("metric '" + name + "'");
    }

    @ParameterizedTest
    @CsvSource({"pool,x", "worker,x", "le,1", "__name__,x", "a-b,x", "'',x"})
    void badLabelsAreRefused(String name, String value) {
        assertThatThrownBy(() -> Series.of("orders", Map.of(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("metric 'orders', label '" + name + "'");
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void countersAndSumsAreNumbersFromZero(double value) {
        assertThatThrownBy(() -> new Value.Count(value)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Value.Distribution(List.of(), List.of(), 1, value))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bucketsThatDoNotAscendAreRefused() {
        assertThatThrownBy(() -> distribution(List.of(1.0, 0.1), List.of(1L, 2L), 2))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution(BOUNDS, List.of(2L, 1L), 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution(BOUNDS, List.of(1L, 2L), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution(BOUNDS, List.of(1L), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> distribution(List.of(Double.NaN), List.of(1L), 1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
