package dev.drover.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The memory cgroup a process is in, of version 2 or 1: where the kernel counts whom it has killed for lack of memory.
///
/// See `Documentation/admin-guide/cgroup-v2.rst` (`memory.events`), `cgroup-v1/memory.rst` (`memory.oom_control`), and
/// proc_pid_mountinfo(5).
///
/// @param counters the file that holds, among others, a line `oom_kill N`
record MemoryCgroup(Path counters) {
    private static final String COUNTER = "oom_kill ";
    private static final String V1 = "memory";

    /// Ours, where it can be read.
    static Optional<MemoryCgroup> own() {
        try {
            var proc = Path.of("/proc/self");
            return of(Files.readString(proc.resolve("cgroup")), Files.readString(proc.resolve("mountinfo")))
                    .filter(cgroup -> cgroup.killed().isPresent());
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /// From `/proc/PID/cgroup` and `/proc/PID/mountinfo`. Pure.
    static Optional<MemoryCgroup> of(String cgroups, String mounts) {
        for (var line : cgroups.lines().toList()) {
            // hierarchy:controllers:path
            var fields = line.split(":", 3);
            if (fields.length == 3 && List.of(fields[1].split(",")).contains(V1)) {
                return directory(fields[2], mounts, "cgroup", V1)
                        .map(found -> new MemoryCgroup(found.resolve("memory.oom_control")));
            }
        }
        return cgroups.lines()
                .filter(line -> line.startsWith("0::"))
                .findFirst()
                .flatMap(line -> directory(line.substring(3), mounts, "cgroup2", ""))
                .map(found -> new MemoryCgroup(found.resolve("memory.events")));
    }

    private static Optional<Path> directory(String path, String mounts, String type, String controller) {
        return mounts.lines()
                .map(line -> line.split(" "))
                .flatMap(fields -> mountPoint(fields, path, type, controller).stream())
                .findFirst();
    }

    /// `36 30 0:34 ROOT POINT OPTIONS [OPTIONAL...] - TYPE SOURCE SUPER_OPTIONS`: ROOT is what of the hierarchy is seen
    /// at POINT.
    private static Optional<Path> mountPoint(String[] fields, String path, String type, String controller) {
        int dash = Arrays.asList(fields).indexOf("-");
        if (dash < 6 || dash + 3 >= fields.length || !fields[dash + 1].equals(type)) {
            return Optional.empty();
        }
        boolean controls =
                controller.isEmpty() || List.of(fields[dash + 3].split(",")).contains(controller);
        var root = Path.of(fields[3]);
        var whole = Path.of(path).normalize();
        return controls && whole.startsWith(root) && !path.contains("..")
                ? Optional.of(Path.of(fields[4]).resolve(root.relativize(whole)))
                : Optional.empty();
    }

    /// How many of its processes, and of those below it, the kernel has killed for lack of memory; empty where that
    /// cannot be read.
    OptionalLong killed() {
        try {
            return killed(Files.readString(counters));
        } catch (IOException unreadable) {
            return OptionalLong.empty();
        }
    }

    /// From the text of the file. Pure.
    static OptionalLong killed(String counters) {
        try {
            return counters.lines()
                    .filter(line -> line.startsWith(COUNTER))
                    .mapToLong(line -> Long.parseUnsignedLong(
                            line.substring(COUNTER.length()).strip()))
                    .findFirst();
        } catch (NumberFormatException other) {
            return OptionalLong.empty();
        }
    }
}
