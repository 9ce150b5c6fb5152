package dev.drover.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/// Signals that wait until they are read, in place of interrupting the process
/// ([signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html)).
///
/// They must be blocked in every thread, and TERM, INT and HUP ignored as well: else the JVM unblocks them while it
/// starts. A process can only be started so, as by `env --block-signal=TERM --ignore-signal=TERM` (coreutils 8.31).
/// One that is blocked is kept even though it is ignored, also for the first process of a pid namespace, which loses
/// what it has no handler for. One thread at a time.
public final class SignalQueue implements AutoCloseable {
    /// `sizeof(struct signalfd_siginfo)`, which begins with the number.
    private static final long INFO_SIZE = 128;

    private final Fd fd;
    private final MemorySegment info = Arena.ofAuto().allocate(INFO_SIZE, Long.BYTES);

    private SignalQueue(Fd fd) {
        this.fd = fd;
    }

    /// Those among these that are kept for a queue: both blocked and ignored.
    public static Set<Integer> keptOf(Set<Integer> signals) {
        long kept = status("SigBlk:") & status("SigIgn:");
        return signals.stream().filter(signal -> (kept & bit(signal)) != 0).collect(Collectors.toUnmodifiableSet());
    }

    /// A queue of those signals, with what has arrived already.
    public static SignalQueue open(Set<Integer> signals) {
        try (var arena = Arena.ofConfined()) {
            var set = arena.allocate(SysProcess.SIGSET_SIZE, Long.BYTES);
            set.set(JAVA_LONG, 0, signals.stream().mapToLong(SignalQueue::bit).reduce(0, (a, b) -> a | b));
            int number = SysProcess.signalfd(set, SysProcess.SFD_CLOEXEC | SysProcess.SFD_NONBLOCK);
            return new SignalQueue(new Fd(PosixException.check(number, "signalfd", "cannot queue signals")));
        }
    }

    /// Readable while one waits; stays ours.
    public Fd fd() {
        return fd;
    }

    /// Takes the next, by its number; empty: none waits.
    public OptionalInt next() {
        int result = fd.use(n -> SysIo.read(n, info.address(), INFO_SIZE));
        if (result == -Errno.EAGAIN) {
            return OptionalInt.empty();
        }
        PosixException.check(result, "read", "cannot take a signal");
        return OptionalInt.of(info.get(JAVA_INT, 0));
    }

    @Override
    public void close() {
        fd.close();
    }

    private static long bit(int signal) {
        return 1L << (signal - 1);
    }

    /// A mask of the process' first thread.
    private static long status(String name) {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip())
                    .mapToLong(mask -> Long.parseUnsignedLong(mask, 16))
                    .findFirst()
                    .orElse(0);
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot read /proc/self/status", failure);
        }
    }
}
