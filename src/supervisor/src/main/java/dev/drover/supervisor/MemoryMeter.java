package dev.drover.supervisor;

import dev.drover.posix.PosixException;
import dev.drover.posix.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads from /proc how much memory process groups use. On a thread of its own: the kernel may have to wait for a
/// process to tell (mmap_lock), and walks its page tables.
final class MemoryMeter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryMeter.class);

    /// Pools that may wait; each asks once.
    private static final int MAX_WAITING = 1024;

    private static final long KIBI = 1024;

    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            0,
            1,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("drover-memory").daemon(true).factory());

    /// Asks for those that use more than they may.
    ///
    /// @param bounds bytes each group may use, by the pid of its leader
    /// @param then gets what those use that use more, in bytes, on the meter's thread
    /// @return false when it cannot be asked now; `then` is not called
    boolean ask(Map<Long, Long> bounds, Consumer<Map<Long, Long>> then) {
        var asked = Map.copyOf(bounds);
        try {
            thread.execute(() -> then.accept(larger(asked)));
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    private static Map<Long, Long> larger(Map<Long, Long> bounds) {
        var larger = new HashMap<Long, Long>();
        try {
            groups(bounds).forEach((leader, members) -> {
                long most = bounds.getOrDefault(leader, Long.MAX_VALUE);
                // What is resident is read at once, and never less than the other.
                if (sum(members, "status", "VmRSS:") > most) {
                    long used = sum(members, "smaps_rollup", "Pss:");
                    if (used > most) {
                        larger.put(leader, used);
                    }
                }
            });
        } catch (IOException | RuntimeException failure) {
            LOG.warn("Memory of workers not read: {}", failure.toString());
        }
        return larger;
    }

    private static Map<Long, List<Long>> groups(Map<Long, Long> wanted) throws IOException {
        var groups = new HashMap<Long, List<Long>>();
        try (var processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (var process : processes) {
                long pid = Long.parseLong(process.getFileName().toString());
                long group = groupOf(pid);
                if (wanted.containsKey(group)) {
                    groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(pid);
                }
            }
        }
        return groups;
    }

    private static long groupOf(long pid) {
        try {
            return Processes.processGroupOf(pid);
        } catch (PosixException gone) {
            return 0;
        }
    }

    private static long sum(List<Long> pids, String file, String field) {
        long bytes = 0;
        for (long pid : pids) {
            bytes += field(Path.of("/proc", Long.toString(pid), file), field).orElse(0);
        }
        return bytes;
    }

    /// Empty for one that is gone, or that runs as somebody whose memory is not ours to look at.
    private static OptionalLong field(Path file, String field) {
        try {
            return bytes(Files.readString(file), field);
        } catch (IOException gone) {
            return OptionalLong.empty();
        }
    }

    /// The value of a line `Pss:      1234 kB`.
    static OptionalLong bytes(String text, String field) {
        return text.lines()
                .filter(line -> line.startsWith(field) && line.endsWith(" kB"))
                .mapToLong(line -> Long.parseLong(line.substring(field.length(), line.length() - " kB".length())
                                .strip())
                        * KIBI)
                .findFirst();
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
