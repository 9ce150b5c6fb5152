package dev.drover.master.metrics;

import dev.drover.supervisor.metrics.AppMetrics.PoolTotals;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Makes one metric for the page of what the workers of several pools measure by one name. Not thread-safe.
///
/// Pools are asked in the order of their names: what a later one calls by a name that is taken, for another kind or for
/// what another metric is written as, is left out.
final class ApplicationFamilies {
    private final SortedMap<String, Family> families = new TreeMap<>();
    private final Set<String> written = new HashSet<>();
    private long refused;

    /// @param kind of all of it
    private record Family(Value.Kind kind, String help, List<DataPointSnapshot> points) {}

    /// Adds what was measured.
    void add(SortedMap<String, PoolTotals> pools) {
        pools.forEach((pool, totals) -> {
            totals.sums().forEach((series, value) -> add(series, value, totals, "pool", pool));
            totals.gauges()
                    .forEach((worker, gauges) -> gauges.forEach(
                            (series, value) -> add(series, value, totals, "pool", pool, "worker", worker)));
        });
    }

    private void add(Series series, Value value, PoolTotals totals, String... whose) {
        var family = families.get(series.family());
        if (family == null) {
            var names = names(series.family(), value.kind());
            if (names.stream().anyMatch(written::contains)) {
                refused++;
                return;
            }
            written.addAll(names);
            family = new Family(value.kind(), totals.help().getOrDefault(series.family(), ""), new ArrayList<>());
            families.put(series.family(), family);
        }
        if (family.kind() == value.kind()) {
            family.points().add(point(value, labels(series, whose)));
        } else {
            refused++;
        }
    }

    /// All that may stand at the beginning of a line.
    private static List<String> names(String family, Value.Kind kind) {
        return switch (kind) {
            case COUNTER -> List.of(family, family + "_total", family + "_created");
            case GAUGE -> List.of(family);
            case HISTOGRAM -> List.of(family, family + "_bucket", family + "_count", family + "_sum");
        };
    }

    private static Labels labels(Series series, String... whose) {
        var own = series.labels().entrySet().stream()
                .flatMap(label -> Stream.of(label.getKey(), label.getValue()))
                .toArray(String[]::new);
        return Labels.of(whose).merge(Labels.of(own));
    }

    private static DataPointSnapshot point(Value value, Labels labels) {
        return switch (value) {
            case Value.Count(var count) -> new CounterDataPointSnapshot(count, labels, null, 0);
            case Value.Gauge(var now) -> new GaugeDataPointSnapshot(now, labels, null);
            case Value.Distribution distribution ->
                HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets(distribution))
                        .sum(distribution.sum())
                        .labels(labels)
                        .build();
        };
    }

    /// Those of the library are not cumulative.
    private static ClassicHistogramBuckets buckets(Value.Distribution distribution) {
        var bounds = new ArrayList<>(distribution.bounds());
        bounds.add(Double.POSITIVE_INFINITY);
        var counts = new ArrayList<Long>();
        long before = 0;
        for (long atMost : distribution.atMost()) {
            counts.add(atMost - before);
            before = atMost;
        }
        counts.add(distribution.count() - before);
        return ClassicHistogramBuckets.of(bounds, counts);
    }

    /// Values that were left out.
    long refused() {
        return refused;
    }

    /// By name.
    List<MetricSnapshot> snapshots() {
        var snapshots = new ArrayList<MetricSnapshot>();
        for (Map.Entry<String, Family> entry : families.entrySet()) {
            try {
                snapshots.add(snapshot(entry.getKey(), entry.getValue()));
            } catch (IllegalArgumentException unwritable) {
                // A name that the format keeps for itself.
                refused += entry.getValue().points().size();
            }
        }
        return snapshots;
    }

    private static MetricSnapshot snapshot(String name, Family family) {
        var metadata = new MetricMetadata(name, family.help());
        return switch (family.kind()) {
            case COUNTER -> new CounterSnapshot(metadata, as(CounterDataPointSnapshot.class, family.points()));
            case GAUGE -> new GaugeSnapshot(metadata, as(GaugeDataPointSnapshot.class, family.points()));
            case HISTOGRAM -> new HistogramSnapshot(metadata, as(HistogramDataPointSnapshot.class, family.points()));
        };
    }

    private static <T> List<T> as(Class<T> type, List<DataPointSnapshot> points) {
        return points.stream().map(type::cast).toList();
    }
}
