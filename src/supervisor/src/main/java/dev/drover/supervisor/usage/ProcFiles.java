package dev.drover.supervisor.usage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Reads what the kernel tells of a process: see proc(5).
final class ProcFiles {
    private static final long KIBI = 1024;

    /// USER_HZ, in which `stat` counts: part of the kernel's interface on every architecture that has a JDK.
    private static final long NANOS_PER_TICK = 1_000_000_000L / 100;

    // Fields of `stat`, counted from the state, which follows the name.
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int THREADS = 17;
    private static final int STARTED = 19;

    private final Path root;

    /// @param root `/proc`
    ProcFiles(Path root) {
        this.root = root;
    }

    /// @param startedTicks when it was started: with the pid it tells one process from all others
    record Reading(long startedTicks, Duration cpu, int threads, long residentBytes, OptionalInt descriptors) {}

    /// Empty for one that is gone, or that is dead and not reaped.
    Optional<Reading> read(long pid) {
        var directory = root.resolve(Long.toString(pid));
        try {
            return parse(
                    Files.readString(directory.resolve("stat")),
                    Files.readString(directory.resolve("status")),
                    descriptors(directory.resolve("fd")));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /// Empty where there is nothing to be read in it.
    static Optional<Reading> parse(String stat, String status, OptionalInt descriptors) {
        // The name may hold anything, parentheses and spaces too.
        var fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", -1);
        var resident = resident(status);
        if (fields.length <= STARTED || resident.isEmpty()) {
            return Optional.empty();
        }
        long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
        return Optional.of(new Reading(
                Long.parseLong(fields[STARTED]),
                Duration.ofNanos(ticks * NANOS_PER_TICK),
                Integer.parseInt(fields[THREADS]),
                resident.getAsLong(),
                descriptors));
    }

    /// A dead process has no such line.
    private static OptionalLong resident(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:") && line.endsWith(" kB"))
                .mapToLong(line -> Long.parseLong(line.substring("VmRSS:".length(), line.length() - " kB".length())
                        .strip()))
                .map(kibi -> kibi * KIBI)
                .findFirst();
    }

    /// Since Linux 6.2 the size of the directory is their number; before, they must be walked.
    private static OptionalInt descriptors(Path directory) {
        try {
            long size = Files.size(directory);
            if (size > 0) {
                return OptionalInt.of(Math.toIntExact(size));
            }
            try (var all = Files.list(directory)) {
                return OptionalInt.of(Math.toIntExact(all.count()));
            }
        } catch (IOException | java.io.UncheckedIOException notOurs) {
            return OptionalInt.empty();
        }
    }
}
