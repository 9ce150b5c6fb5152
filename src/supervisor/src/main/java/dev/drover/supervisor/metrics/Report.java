package dev.drover.supervisor.metrics;

import java.util.Map;

/// What one process has measured until now.
///
/// @param values of each series
/// @param help a sentence for each family that has one
public record Report(Map<Series, Value> values, Map<String, String> help) {
    /// Series of one process: a bound on the master's memory, and on that of who reads its page.
    public static final int MAX_SERIES = 2000;

    /// Nothing.
    public static final Report NONE = new Report(Map.of(), Map.of());

    public Report {
        values = Map.copyOf(values);
        help = Map.copyOf(help);
        if (values.size() > MAX_SERIES) {
            throw new IllegalArgumentException(
                    values.size() + " series: at most " + MAX_SERIES + " of one worker are allowed");
        }
    }
}
