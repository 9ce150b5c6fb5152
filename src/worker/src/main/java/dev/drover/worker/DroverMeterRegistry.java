package dev.drover.worker;

import dev.drover.protocol.worker.v1.MetricsReport;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeCounter;
import io.micrometer.core.instrument.cumulative.CumulativeDistributionSummary;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionTimer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.internal.DefaultGauge;
import io.micrometer.core.instrument.internal.DefaultLongTaskTimer;
import io.micrometer.core.instrument.internal.DefaultMeter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// A Micrometer registry whose meters the master shows on its own page: counters, timers and summaries added up over
/// all workers of the pool and their restarts, gauges for each worker.
///
///     var registry = new DroverMeterRegistry(worker);
///     registry.counter("orders", "kind", "book").increment();
///
/// It reports over the session every 5 s and when the worker has drained, at most 2000 series and 1 MiB: of more
/// nothing is told, and the log says so. Names are made Prometheus': `orders_total{kind="book"}`, times in
/// seconds. Buckets are told where they are asked for (`publishPercentileHistogram`,
/// `serviceLevelObjectives`); percentiles and maxima, which cannot be added up, are not.
///
/// Needs `io.micrometer:micrometer-core`. One for each worker. Thread-safe.
public final class DroverMeterRegistry extends MeterRegistry {
    private static final String OURS = "drover";

    /// Counts are kept as long as the process lives, instead of for the last minutes.
    private static final DistributionStatisticConfig FOR_EVER = DistributionStatisticConfig.builder()
            .expiry(Duration.ofDays(3650))
            .bufferLength(1)
            .build();

    /// Reports from now on.
    ///
    /// @throws IllegalStateException when there is one of that worker already
    public DroverMeterRegistry(Worker worker) {
        this();
        worker.reportMetrics(this::report);
    }

    /// Reports to nobody.
    DroverMeterRegistry() {
        super(Clock.SYSTEM);
        config().namingConvention(new MeterNames());
    }

    MetricsReport report() {
        var report = new MeterReport(config().namingConvention());
        forEachMeter(report::add);
        return report.build();
    }

    /// @throws IllegalArgumentException for a name that is the master's
    private static Meter.Id checked(Meter.Id id) {
        if (id.getName().equals(OURS)
                || id.getName().startsWith(OURS + ".")
                || id.getName().startsWith(OURS + "_")) {
            throw new IllegalArgumentException("cannot register meter " + id.getName()
                    + ": names that begin with drover are the master's; choose another");
        }
        return id;
    }

    @Override
    protected <T> Gauge newGauge(Meter.Id id, @org.jspecify.annotations.Nullable T of, ToDoubleFunction<T> value) {
        return new DefaultGauge<>(checked(id), of, value);
    }

    @Override
    protected Counter newCounter(Meter.Id id) {
        return new CumulativeCounter(checked(id));
    }

    @Override
    protected LongTaskTimer newLongTaskTimer(Meter.Id id, DistributionStatisticConfig config) {
        return new DefaultLongTaskTimer(checked(id), clock, getBaseTimeUnit(), config, true);
    }

    @Override
    protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauses) {
        return new CumulativeTimer(checked(id), clock, FOR_EVER.merge(config), pauses, getBaseTimeUnit(), true);
    }

    @Override
    protected DistributionSummary newDistributionSummary(
            Meter.Id id, DistributionStatisticConfig config, double scale) {
        return new CumulativeDistributionSummary(checked(id), clock, FOR_EVER.merge(config), scale, true);
    }

    @Override
    protected Meter newMeter(Meter.Id id, Meter.Type type, Iterable<Measurement> measurements) {
        return new DefaultMeter(checked(id), type, measurements);
    }

    @Override
    protected <T> FunctionTimer newFunctionTimer(
            Meter.Id id, T of, ToLongFunction<T> count, ToDoubleFunction<T> total, TimeUnit unit) {
        return new CumulativeFunctionTimer<>(checked(id), of, count, total, unit, getBaseTimeUnit());
    }

    @Override
    protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T of, ToDoubleFunction<T> count) {
        return new CumulativeFunctionCounter<>(checked(id), of, count);
    }

    @Override
    protected TimeUnit getBaseTimeUnit() {
        return TimeUnit.SECONDS;
    }

    @Override
    protected DistributionStatisticConfig defaultHistogramConfig() {
        return DistributionStatisticConfig.DEFAULT;
    }
}
