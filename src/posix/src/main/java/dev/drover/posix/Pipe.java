package dev.drover.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;

/// Two ends of a pipe, each owned by whoever takes it; `close()` closes both.
///
/// @param readEnd where the bytes come out
/// @param writeEnd where they go in
public record Pipe(Fd readEnd, Fd writeEnd) implements AutoCloseable {
    /// A new pipe, both ends blocking.
    public static Pipe open() {
        try (var arena = Arena.ofConfined()) {
            var pair = arena.allocate(ValueLayout.JAVA_INT, 2);
            PosixException.check(SysIo.pipe2(pair, SysIo.O_CLOEXEC), "pipe2", "cannot open a pipe");
            return new Pipe(
                    new Fd(pair.getAtIndex(ValueLayout.JAVA_INT, 0)), new Fd(pair.getAtIndex(ValueLayout.JAVA_INT, 1)));
        }
    }

    @Override
    public void close() {
        try (readEnd) {
            writeEnd.close();
        }
    }
}
