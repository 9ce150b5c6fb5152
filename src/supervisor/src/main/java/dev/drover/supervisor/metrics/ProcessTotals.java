package dev.drover.supervisor.metrics;

import java.util.HashMap;
import java.util.Map;

/// What one process has counted since it began, also where its counters began anew, or went, in between. Immutable.
///
/// @param last its last report
/// @param before what it had counted in counters that began anew since, or are gone
record ProcessTotals(Report last, Map<Series, Value> before) {
    static final ProcessTotals NONE = new ProcessTotals(Report.NONE, Map.of());

    ProcessTotals {
        before = Map.copyOf(before);
    }

    ProcessTotals then(Report next) {
        var kept = new HashMap<Series, Value>();
        var lost = new HashMap<>(before);
        last.values().forEach((series, value) -> {
            var now = next.values().get(series);
            if (!(value instanceof Value.Gauge) && (now == null || !now.follows(value))) {
                kept.put(series, value);
            }
        });
        kept.forEach((series, value) -> Totals.add(lost, series, value));
        return kept.isEmpty() ? new ProcessTotals(next, before) : new ProcessTotals(next, lost);
    }
}
