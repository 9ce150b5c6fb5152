package dev.drover.supervisor;

import dev.drover.posix.ExitStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How an incarnation ended. The cause is what the kernel told, never guessed.
///
/// @param incarnation which one
/// @param pid its process, 0 where it could not be started
/// @param status code or signal; empty where it could not be started
/// @param message in words
/// @param outOfMemory whether the kernel has killed it for lack of memory
/// @param wasReady whether it had ever been ready
/// @param time when the end was seen
/// @param lastLines the last lines it wrote, oldest first
public record ExitReport(
        Incarnation incarnation,
        long pid,
        Optional<ExitStatus> status,
        String message,
        boolean outOfMemory,
        boolean wasReady,
        Instant time,
        List<String> lastLines) {

    public ExitReport {
        lastLines = List.copyOf(lastLines);
    }

    ExitReport with(List<String> lines) {
        return new ExitReport(incarnation, pid, status, message, outOfMemory, wasReady, time, lines);
    }
}
