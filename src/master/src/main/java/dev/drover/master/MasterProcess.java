package dev.drover.master;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What the master knows of itself as a process.
public final class MasterProcess {
    /// `USER_HZ`, 100 on every architecture we run on: the unit of `/proc/PID/stat`.
    private static final int MILLIS_PER_TICK = 10;

    /// `starttime` is field 22 of `/proc/PID/stat`; the state, field 3, is the first after the name.
    private static final int START_TIME_AFTER_NAME = 22 - 3;

    private MasterProcess() {}

    /// The version the build gave it, `0.1.0`.
    public static String version() {
        try (var resource = MasterProcess.class.getResourceAsStream("version.txt")) {
            if (resource == null) {
                throw new AssertionError("version.txt is missing beside " + MasterProcess.class);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the version", e);
        }
    }

    /// `Linux 6.1.0`.
    public static String kernel() {
        return "Linux " + read(Path.of("/proc/sys/kernel/osrelease")).strip();
    }

    /// Time since the process was started: the launcher and the JVM's own start count.
    static Duration age() {
        var stat = read(Path.of("/proc/self/stat"));
        var afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long startedMillis = Long.parseLong(afterName[START_TIME_AFTER_NAME]) * MILLIS_PER_TICK;
        var uptime = read(Path.of("/proc/uptime"));
        long nowMillis = Math.round(Double.parseDouble(uptime.substring(0, uptime.indexOf(' '))) * 1000);
        return Duration.ofMillis(Math.max(0, nowMillis - startedMillis));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
