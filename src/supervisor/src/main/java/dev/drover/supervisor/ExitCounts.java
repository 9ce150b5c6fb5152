package dev.drover.supervisor;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// How many incarnations of a pool have ended, by cause: together, and in each place. What was counted stays
/// for as long as the pool does, also of places that are not wanted any more and may be again; there are no more of
/// those than workers were ever wanted at once. Belongs to the loop.
final class ExitCounts {
    private final Map<ExitCause, Long> together = none();
    private final Map<WorkerId, Map<ExitCause, Long>> places = new HashMap<>();

    private static Map<ExitCause, Long> none() {
        var counts = new EnumMap<ExitCause, Long>(ExitCause.class);
        for (var cause : ExitCause.values()) {
            counts.put(cause, 0L);
        }
        return counts;
    }

    void count(WorkerId place, ExitCause cause) {
        together.merge(cause, 1L, Long::sum);
        places.computeIfAbsent(place, _ -> none()).merge(cause, 1L, Long::sum);
    }

    /// None is left out.
    Map<ExitCause, Long> together() {
        return Map.copyOf(together);
    }

    /// Of places where an incarnation has ended; no cause is left out.
    Map<WorkerId, Map<ExitCause, Long>> places() {
        var copy = new HashMap<WorkerId, Map<ExitCause, Long>>();
        places.forEach((place, counts) -> copy.put(place, Map.copyOf(counts)));
        return copy;
    }
}
