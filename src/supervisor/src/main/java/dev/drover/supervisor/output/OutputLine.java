package dev.drover.supervisor.output;

import dev.drover.supervisor.Incarnation;
import java.time.Instant;

/// One line of a worker's output.
///
/// @param incarnation who wrote it
/// @param pid its process; where a descendant holds the pipe, still the incarnation's
/// @param stream where it was written to; the marker that tells of dropped lines counts as STDERR
/// @param text without the line's end, safe for a terminal: each control character but tab is written `\xNN`
/// @param time when it was read
public record OutputLine(Incarnation incarnation, long pid, Stream stream, String text, Instant time) {
    /// The stream of a process a line was written to.
    public enum Stream {
        /// Descriptor 1.
        STDOUT,
        /// Descriptor 2.
        STDERR
    }
}
