package dev.drover.worker;

import dev.drover.protocol.worker.v1.MetricDistribution;
import dev.drover.protocol.worker.v1.MetricFamily;
import dev.drover.protocol.worker.v1.MetricSeries;
import dev.drover.protocol.worker.v1.MetricsReport;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/// Writes meters down, one by one. Not thread-safe.
final class MeterReport {
    private final NamingConvention names;
    private final Map<String, MetricFamily.Builder> families = new LinkedHashMap<>();

    MeterReport(NamingConvention names) {
        this.names = names;
    }

    void add(Meter meter) {
        switch (meter) {
            case Counter counter -> count(meter, counter.count());
            case FunctionCounter counter -> count(meter, counter.count());
            case Gauge gauge -> gauge(meter, "", gauge.value());
            case Timer timer -> {
                var buckets = timer.takeSnapshot().histogramCounts();
                distribution(
                        meter,
                        buckets,
                        bucket -> bucket.bucket(TimeUnit.SECONDS),
                        timer.count(),
                        timer.totalTime(TimeUnit.SECONDS));
            }
            case DistributionSummary summary -> {
                var buckets = summary.takeSnapshot().histogramCounts();
                distribution(meter, buckets, CountAtBucket::bucket, summary.count(), summary.totalAmount());
            }
            case FunctionTimer timer ->
                distribution(
                        meter,
                        new CountAtBucket[0],
                        CountAtBucket::bucket,
                        (long) timer.count(),
                        timer.totalTime(TimeUnit.SECONDS));
            case LongTaskTimer timer -> {
                gauge(meter, "_active", timer.activeTasks());
                gauge(meter, "_duration", timer.duration(TimeUnit.SECONDS));
            }
            default -> meter.measure().forEach(measurement -> other(meter, measurement));
        }
    }

    private void other(Meter meter, Measurement measurement) {
        gauge(meter, "_" + measurement.getStatistic().getTagValueRepresentation(), measurement.getValue());
    }

    private void count(Meter meter, double count) {
        // One whose object is gone tells NaN, and one that a program has written may tell anything.
        if (count >= 0) {
            family(meter, "").addSeries(series(meter).setCount(count));
        }
    }

    private void gauge(Meter meter, String suffix, double value) {
        family(meter, suffix).addSeries(series(meter).setGauge(value));
    }

    /// Buckets are read first: what is recorded meanwhile may be in the one and not in the other.
    private void distribution(
            Meter meter, CountAtBucket[] buckets, ToDoubleFunction<CountAtBucket> bound, long count, double sum) {
        var distribution = MetricDistribution.newBuilder();
        long last = 0;
        double lastBound = Double.NEGATIVE_INFINITY;
        for (var bucket : buckets) {
            double next = bound.applyAsDouble(bucket);
            if (next > lastBound && !Double.isInfinite(next)) {
                last = Math.max(last, (long) bucket.count());
                lastBound = next;
                distribution.addBounds(next).addAtMost(last);
            }
        }
        if (sum >= 0) {
            distribution.setCount(Math.max(count, last)).setSum(sum);
            family(meter, "").addSeries(series(meter).setDistribution(distribution));
        }
    }

    private MetricFamily.Builder family(Meter meter, String suffix) {
        var name = meter.getId().getConventionName(names) + suffix;
        return families.computeIfAbsent(
                name,
                _ -> MetricFamily.newBuilder()
                        .setName(name)
                        .setHelp(Objects.requireNonNullElse(meter.getId().getDescription(), "")));
    }

    private MetricSeries.Builder series(Meter meter) {
        var series = MetricSeries.newBuilder();
        meter.getId().getConventionTags(names).forEach(tag -> series.putLabels(tag.getKey(), tag.getValue()));
        return series;
    }

    MetricsReport build() {
        var report = MetricsReport.newBuilder();
        families.values().forEach(report::addFamilies);
        return report.build();
    }
}
