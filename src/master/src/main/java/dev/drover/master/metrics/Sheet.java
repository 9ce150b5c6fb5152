package dev.drover.master.metrics;

import dev.drover.supervisor.Measures.Latencies;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Values of the metrics of [Metric], gathered one by one. Not thread-safe.
final class Sheet {
    private static final double NANOS_PER_SECOND = 1e9;

    private final Map<Metric, List<DataPointSnapshot>> points = new EnumMap<>(Metric.class);

    /// Adds a value.
    ///
    /// @param labels values of the metric's labels, in their order
    void add(Metric metric, double value, String... labels) {
        var of = labels(metric, labels);
        put(
                metric,
                switch (metric.type()) {
                    case GAUGE -> new GaugeDataPointSnapshot(value, of, null);
                    case COUNTER -> new CounterDataPointSnapshot(value, of, null, 0);
                    case INFO -> new InfoDataPointSnapshot(of);
                    case HISTOGRAM -> throw new IllegalArgumentException(metric + " is no single value");
                });
    }

    /// Adds a whole value; beyond 2^53 it is not exact.
    void add(Metric metric, long value, String... labels) {
        add(metric, (double) value, labels);
    }

    /// Adds 1 or 0.
    void add(Metric metric, boolean holds, String... labels) {
        add(metric, holds ? 1L : 0L, labels);
    }

    /// Adds times.
    void add(Metric metric, Latencies latencies, String... labels) {
        var bounds = new ArrayList<Double>();
        Latencies.BOUNDS_NANOS.forEach(nanos -> bounds.add(nanos / NANOS_PER_SECOND));
        bounds.add(Double.POSITIVE_INFINITY);
        put(
                metric,
                HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(ClassicHistogramBuckets.of(bounds, latencies.counts()))
                        .sum(latencies.sumNanos() / NANOS_PER_SECOND)
                        .labels(labels(metric, labels))
                        .build());
    }

    private void put(Metric metric, DataPointSnapshot point) {
        points.computeIfAbsent(metric, _ -> new ArrayList<>()).add(point);
    }

    private static Labels labels(Metric metric, String[] values) {
        return Labels.of(metric.labels(), List.of(values));
    }

    /// Those that have a value, by the order of the table.
    List<MetricSnapshot> snapshots() {
        var snapshots = new ArrayList<MetricSnapshot>();
        points.forEach((metric, values) -> snapshots.add(snapshot(metric, values)));
        return snapshots;
    }

    private static MetricSnapshot snapshot(Metric metric, List<DataPointSnapshot> values) {
        var metadata = new MetricMetadata(metric.family(), metric.help());
        return switch (metric.type()) {
            case GAUGE -> new GaugeSnapshot(metadata, as(GaugeDataPointSnapshot.class, values));
            case COUNTER -> new CounterSnapshot(metadata, as(CounterDataPointSnapshot.class, values));
            case HISTOGRAM -> new HistogramSnapshot(metadata, as(HistogramDataPointSnapshot.class, values));
            case INFO -> new InfoSnapshot(metadata, as(InfoDataPointSnapshot.class, values));
        };
    }

    private static <T> List<T> as(Class<T> type, List<DataPointSnapshot> values) {
        return values.stream().map(type::cast).toList();
    }
}
