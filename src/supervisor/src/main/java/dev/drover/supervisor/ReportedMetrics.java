package dev.drover.supervisor;

import dev.drover.protocol.worker.v1.MetricDistribution;
import dev.drover.protocol.worker.v1.MetricSeries;
import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.supervisor.metrics.AppMetrics;
import dev.drover.supervisor.metrics.Report;
import dev.drover.supervisor.metrics.Series;
import dev.drover.supervisor.metrics.Value;
import java.util.HashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes what the application of one incarnation measures, as far as it is valid. For the session thread.
final class ReportedMetrics {
    private static final Logger LOG = LoggerFactory.getLogger(ReportedMetrics.class);

    private static final int MAX_HELP_CHARS = 1024;

    private final AppMetrics metrics;
    private final Incarnation incarnation;
    private boolean complained;

    ReportedMetrics(AppMetrics metrics, Incarnation incarnation) {
        this.metrics = metrics;
        this.incarnation = incarnation;
    }

    void take(MetricsReport report) {
        var values = new HashMap<Series, Value>();
        var help = new HashMap<String, String>();
        for (var family : report.getFamiliesList()) {
            for (var series : family.getSeriesList()) {
                try {
                    values.put(Series.of(family.getName(), series.getLabelsMap()), value(series));
                } catch (IllegalArgumentException invalid) {
                    refused(String.valueOf(invalid.getMessage()));
                }
            }
            help.put(family.getName(), cut(family.getHelp()));
        }
        metrics.report(incarnation, new Report(values, help)).ifPresent(this::refused);
    }

    private static Value value(MetricSeries series) {
        return switch (series.getValueCase()) {
            case COUNT -> new Value.Count(series.getCount());
            case GAUGE -> new Value.Gauge(series.getGauge());
            case DISTRIBUTION -> distribution(series.getDistribution());
            case VALUE_NOT_SET -> throw new IllegalArgumentException("a series without a value");
        };
    }

    private static Value distribution(MetricDistribution told) {
        return new Value.Distribution(told.getBoundsList(), told.getAtMostList(), told.getCount(), told.getSum());
    }

    private static String cut(String help) {
        return help.substring(0, Math.min(help.length(), MAX_HELP_CHARS));
    }

    /// Once: the next report says the same.
    private void refused(String why) {
        if (!complained) {
            complained = true;
            LOG.warn("Metrics not taken worker={}: {}", incarnation, why);
        }
    }
}
