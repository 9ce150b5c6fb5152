package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;

/// What `/proc` tells of a process.
final class ProcessFiles {
    /// USER_HZ is 100 on every architecture we run on.
    private static final long MILLIS_PER_TICK = 10;

    /// Behind the command in `/proc/PID/stat`, which may hold anything.
    private static final int USER_TICKS = 11;

    private static final int SYSTEM_TICKS = 12;
    private static final int START_TICKS = 19;
    private static final Pattern SPACE = Pattern.compile(" ");

    private ProcessFiles() {}

    /// CPU time of all its threads so far.
    static Duration cpuTime(long pid) throws IOException {
        var fields = stat(pid);
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return Duration.ofMillis(ticks * MILLIS_PER_TICK);
    }

    /// Since its start, to 10 ms.
    static Duration age(long pid) throws IOException {
        var start = Duration.ofMillis(Long.parseLong(stat(pid)[START_TICKS]) * MILLIS_PER_TICK);
        var uptime = SPACE.split(Files.readString(Path.of("/proc/uptime")), -1)[0];
        return Duration.ofMillis(Math.round(Double.parseDouble(uptime) * 1000)).minus(start);
    }

    /// Of the program it runs, at most 15 characters.
    static String name(long pid) throws IOException {
        return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
    }

    private static String[] stat(long pid) throws IOException {
        var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return SPACE.split(stat.substring(stat.lastIndexOf(')') + 2), -1);
    }

    /// Memory in use, in MiB, each page in full.
    static double rssMiB(long pid) throws IOException {
        return mib(pid, "Rss:");
    }

    /// The same, each page divided by the number of processes that share it.
    static double pssMiB(long pid) throws IOException {
        return mib(pid, "Pss:");
    }

    private static double mib(long pid, String field) throws IOException {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith(field))
                    .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024.0)
                    .findFirst()
                    .orElseThrow();
        }
    }
}
