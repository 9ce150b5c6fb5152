package dev.drover.posix;

import static dev.drover.posix.SysLayouts.SOCK_FILTER;
import static dev.drover.posix.SysLayouts.SOCK_FPROG;
import static dev.drover.posix.SysLayouts.TIMEVAL;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/// Socket options by type of value. Results are `-errno` on failure.
final class SocketOptions {
    private static final long SECONDS = SysLayouts.offset(TIMEVAL, "tv_sec");
    private static final long MICROSECONDS = SysLayouts.offset(TIMEVAL, "tv_usec");
    private static final long PROGRAM_LENGTH = SysLayouts.offset(SOCK_FPROG, "len");
    private static final long PROGRAM_FILTER = SysLayouts.offset(SOCK_FPROG, "filter");
    private static final long CODE = SysLayouts.offset(SOCK_FILTER, "code");
    private static final long JUMP_TRUE = SysLayouts.offset(SOCK_FILTER, "jt");
    private static final long JUMP_FALSE = SysLayouts.offset(SOCK_FILTER, "jf");
    private static final long OPERAND = SysLayouts.offset(SOCK_FILTER, "k");
    private static final int NANOS_PER_MICRO = 1_000;

    private SocketOptions() {}

    static int setInt(Fd fd, int level, int option, int value) {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocateFrom(JAVA_INT, value);
            return fd.use(n -> SysSocket.setsockopt(n, level, option, segment));
        }
    }

    /// The value, or `-errno`: for options that are never negative.
    static int getInt(Fd fd, int level, int option) {
        try (var arena = Arena.ofConfined()) {
            var segment = arena.allocate(JAVA_INT);
            int result = get(fd, level, option, segment);
            return result < 0 ? result : segment.get(JAVA_INT, 0);
        }
    }

    static int get(Fd fd, int level, int option, MemorySegment value) {
        try (var arena = Arena.ofConfined()) {
            var length = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
            return fd.use(n -> SysSocket.getsockopt(n, level, option, value, length));
        }
    }

    /// Zero means without end; anything shorter than a microsecond is rounded up, so that it does not become
    /// endless.
    static int setTimeout(Fd fd, int option, Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("cannot set timeout " + timeout + ": it is negative");
        }
        try (var arena = Arena.ofConfined()) {
            var rounded = timeout.plusNanos(NANOS_PER_MICRO - 1);
            var segment = arena.allocate(TIMEVAL);
            segment.set(JAVA_LONG, SECONDS, rounded.getSeconds());
            segment.set(JAVA_LONG, MICROSECONDS, rounded.getNano() / NANOS_PER_MICRO);
            return fd.use(n -> SysSocket.setsockopt(n, SysSocket.SOL_SOCKET, option, segment));
        }
    }

    static int setProgram(Fd fd, int option, SocketProgram program) {
        try (var arena = Arena.ofConfined()) {
            var filter = encode(arena, program);
            var header = arena.allocate(SOCK_FPROG);
            header.set(
                    JAVA_SHORT, PROGRAM_LENGTH, (short) program.instructions().size());
            header.set(JAVA_LONG, PROGRAM_FILTER, filter.address());
            return fd.use(n -> SysSocket.setsockopt(n, SysSocket.SOL_SOCKET, option, header));
        }
    }

    private static MemorySegment encode(Arena arena, SocketProgram program) {
        var filter = arena.allocate(SOCK_FILTER, program.instructions().size());
        long at = 0;
        for (var instruction : program.instructions()) {
            filter.set(JAVA_SHORT, at + CODE, (short) instruction.code());
            filter.set(JAVA_BYTE, at + JUMP_TRUE, (byte) instruction.jumpTrue());
            filter.set(JAVA_BYTE, at + JUMP_FALSE, (byte) instruction.jumpFalse());
            filter.set(JAVA_INT, at + OPERAND, instruction.operand());
            at += SOCK_FILTER.byteSize();
        }
        return filter;
    }
}
