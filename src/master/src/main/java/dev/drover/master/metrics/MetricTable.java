package dev.drover.master.metrics;

import java.util.stream.Collectors;

/// The metrics as a page of the reference shows them.
final class MetricTable {
    private MetricTable() {}

    /// Rows of a table in Markdown, without its head.
    static String rows() {
        var rows = new StringBuilder();
        for (var metric : Metric.values()) {
            rows.append("| `")
                    .append(metric.fullName())
                    .append("` | ")
                    .append(metric.type().word())
                    .append(" | ")
                    .append(metric.labels().stream()
                            .map(label -> "`" + label + "`")
                            .collect(Collectors.joining(" ")))
                    .append(" | ")
                    .append(metric.help())
                    .append(" |\n");
        }
        return rows.toString();
    }
}
