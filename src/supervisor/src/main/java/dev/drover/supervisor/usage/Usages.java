package dev.drover.supervisor.usage;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// What several processes use.
///
/// @param time when the one was read that was read first
/// @param processes by pid; who was gone, or could not be read, is left out
public record Usages(Instant time, Map<Long, ProcessUsage> processes) {
    public Usages {
        processes = Map.copyOf(processes);
    }

    /// Of one of them.
    public Optional<ProcessUsage> of(long pid) {
        return Optional.ofNullable(processes.get(pid));
    }
}
