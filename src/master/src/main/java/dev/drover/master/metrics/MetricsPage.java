package dev.drover.master.metrics;

import dev.drover.supervisor.SupervisorException;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// The page of all metrics, in the format that is asked for: OpenMetrics 1.0 or Prometheus' text, which is also what
/// who asks for nothing gets. Any thread; blocks.
final class MetricsPage {
    /// Pages that are made at once; one has a few megabytes where applications tell much.
    static final int MAX_AT_ONCE = 2;

    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final Supplier<List<MetricSnapshot>> metrics;
    private final Semaphore room = new Semaphore(MAX_AT_ONCE);

    /// @param metrics gathers them, within a bound
    MetricsPage(Supplier<List<MetricSnapshot>> metrics) {
        this.metrics = metrics;
    }

    /// What is answered.
    record Answer(int status, String contentType, String body) {}

    /// @param accept the header of that name; empty: there is none
    Answer get(String accept) {
        if (!room.tryAcquire()) {
            return unavailable("more than " + MAX_AT_ONCE + " scrapes at once: try again");
        }
        try {
            return page(metrics.get(), accept);
        } catch (SupervisorException silent) {
            return unavailable(String.valueOf(silent.getMessage()));
        } finally {
            room.release();
        }
    }

    private static Answer page(List<MetricSnapshot> metrics, String accept) {
        var formats = ExpositionFormats.init();
        var writer = accept.contains("application/openmetrics-text")
                ? formats.getOpenMetricsTextFormatWriter()
                : formats.getPrometheusTextFormatWriter();
        var body = new ByteArrayOutputStream();
        try {
            writer.write(body, new MetricSnapshots(metrics));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return new Answer(OK, writer.getContentType(), body.toString(StandardCharsets.UTF_8));
    }

    private static Answer unavailable(String why) {
        return new Answer(UNAVAILABLE, TEXT, "# " + why + "\n");
    }
}
