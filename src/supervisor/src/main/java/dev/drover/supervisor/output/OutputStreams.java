package dev.drover.supervisor.output;

import dev.drover.posix.Fd;

/// What the process of an incarnation writes to, and what becomes of it.
///
/// `close()` closes the write ends, and is due once the process has been spawned or could not be: only then can the
/// pipes ever come to their end. Nothing more is to be done for a process that could not be spawned.
///
/// @param stdout write end for the child's descriptor 1, blocking, owned by the caller
/// @param stderr write end for the child's descriptor 2, likewise
/// @param capture the handle on what is read
public record OutputStreams(Fd stdout, Fd stderr, OutputCapture capture) implements AutoCloseable {
    @Override
    public void close() {
        try (stdout) {
            stderr.close();
        }
    }
}
