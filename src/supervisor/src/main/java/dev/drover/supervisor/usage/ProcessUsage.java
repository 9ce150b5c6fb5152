package dev.drover.supervisor.usage;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/// What one process uses, without its children.
///
/// @param pid process id
/// @param time when it was read
/// @param cpu time it has run since it began, user and system
/// @param cores CPUs it kept busy since it was read before, 1 being a whole one; empty the first time
/// @param residentBytes resident memory, shared pages included
/// @param threads how many it has
/// @param descriptors how many it has open; empty where it is another user's
public record ProcessUsage(
        long pid,
        Instant time,
        Duration cpu,
        OptionalDouble cores,
        long residentBytes,
        int threads,
        OptionalInt descriptors) {

    /// In seconds.
    public double cpuSeconds() {
        return seconds(cpu);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
