package dev.drover.supervisor.metrics;

import java.util.HashMap;
import java.util.Map;

/// Sums of what processes have counted. Not thread-safe.
///
/// A metric is of the kind it was first seen as: what another process calls by its name and is of another kind is left
/// out, and counted as refused.
final class Totals {
    /// Series that are kept of those that are dead: what names with ever new labels may cost.
    static final int MAX_SERIES = 10_000;

    private final Map<Series, Value> sums = new HashMap<>();
    private final Map<String, Value.Kind> kinds = new HashMap<>();
    private final int maxSeries;
    private long refused;

    Totals() {
        this(MAX_SERIES);
    }

    Totals(int maxSeries) {
        this.maxSeries = maxSeries;
    }

    /// The same sums, to be added to.
    Totals copy() {
        var copy = new Totals(Integer.MAX_VALUE);
        copy.sums.putAll(sums);
        copy.kinds.putAll(kinds);
        return copy;
    }

    void add(ProcessTotals process) {
        add(process.before());
        add(process.last().values());
    }

    private void add(Map<Series, Value> values) {
        values.forEach((series, value) -> {
            if (fits(series, value) && !(value instanceof Value.Gauge)) {
                if (sums.size() < maxSeries || sums.containsKey(series)) {
                    add(sums, series, value);
                } else {
                    refused++;
                }
            }
        });
    }

    private boolean fits(Series series, Value value) {
        boolean fits = kinds.computeIfAbsent(series.family(), _ -> value.kind()) == value.kind();
        refused += fits ? 0 : 1;
        return fits;
    }

    /// Whether that metric is of that kind.
    boolean isKind(Series series, Value value) {
        return kinds.get(series.family()) == value.kind();
    }

    long refused() {
        return refused;
    }

    Map<Series, Value> sums() {
        return Map.copyOf(sums);
    }

    /// One that is of another kind takes the place of what was there.
    static void add(Map<Series, Value> sums, Series series, Value value) {
        sums.merge(series, value, (was, more) -> was.kind() == more.kind() ? Value.sum(was, more) : more);
    }
}
