package dev.drover.session;

import dev.drover.protocol.worker.v1.MetricsReport;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Asks the application of a worker what it measures, time and again, on a thread of its own.
final class Measuring implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Measuring.class.getName());

    private final Supplier<MetricsReport> current;
    private final Consumer<MetricsReport> told;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /// Published by who ends the worker to the thread that asks.
    private volatile boolean wantsLast;

    private boolean complained;

    Measuring(Supplier<MetricsReport> current, Consumer<MetricsReport> told) {
        this.current = current;
        this.told = told;
    }

    void start() {
        Thread.ofPlatform().daemon().name("drover-metrics").start(this::run);
    }

    private void run() {
        try {
            do {
                tell();
            } while (!closed.await(SessionLimits.METRICS_INTERVAL.toNanos(), TimeUnit.NANOSECONDS));
            if (wantsLast) {
                tell();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            over.countDown();
        }
    }

    /// Asks and tells once more, and then no more.
    ///
    /// @return false when that was not done in time
    boolean tellLast(Duration bound) throws InterruptedException {
        wantsLast = true;
        closed.countDown();
        return over.await(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void tell() {
        try {
            var report = current.get();
            int series = report.getFamiliesList().stream()
                    .mapToInt(family -> family.getSeriesCount())
                    .sum();
            if (series > SessionEvents.MAX_METRIC_SERIES
                    || report.getSerializedSize() > SessionLimits.MAX_METRICS_BYTES) {
                complain(
                        "Metrics are not reported: " + series + " series of " + report.getSerializedSize()
                                + " bytes, at most " + SessionEvents.MAX_METRIC_SERIES + " and "
                                + SessionLimits.MAX_METRICS_BYTES + " are allowed",
                        null);
            } else {
                told.accept(report);
            }
        } catch (RuntimeException failure) {
            complain("Metrics cannot be told", failure);
        }
    }

    /// Once: it would say the same every time.
    private void complain(String what, @org.jspecify.annotations.Nullable Throwable failure) {
        if (!complained) {
            complained = true;
            LOG.log(System.Logger.Level.WARNING, what, failure);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
