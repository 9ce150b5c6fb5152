package dev.drover.supervisor;

import dev.drover.posix.Children;
import dev.drover.posix.PosixException;
import dev.drover.posix.Processes;
import dev.drover.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reaps the processes that became ours because their parents died: as PID 1, or as subreaper. Belongs to the loop.
///
/// A worker is never taken for an orphan: [Children#peekExited] leaves the zombie where it is, and the pid decides.
final class Orphans {
    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);

    /// Reaped in one turn of the loop, so that an orphan storm does not hide a worker's death.
    private static final int PER_TURN = 256;

    private final LongPredicate known;

    /// @param known whether a pid is a child of ours that somebody else reaps
    Orphans(LongPredicate known) {
        this.known = known;
    }

    static void adopt() {
        if (Processes.currentPid() != 1) {
            Processes.becomeSubreaper();
        }
    }

    /// Reaps what has ended.
    ///
    /// @return whether there may be more
    boolean reap() {
        for (int i = 0; i < PER_TURN; i++) {
            var pid = Children.peekExited();
            // One of ours is at the head of the kernel's list: its own watch reaps it, then we go on.
            if (pid.isEmpty() || known.test(pid.getAsLong())) {
                return false;
            }
            Children.reap(pid.getAsLong())
                    .ifPresent(
                            status -> LOG.debug("Orphan reaped pid={}: {}", pid.getAsLong(), Exits.describe(status)));
        }
        return true;
    }

    /// Kills what is left of them at the end.
    ///
    /// @return how many live
    int killAll() {
        var left = living();
        for (long pid : left) {
            LOG.warn("Orphan killed pid={}", pid);
            try {
                Processes.signal(pid, Signals.SIGKILL);
            } catch (PosixException failure) {
                LOG.warn("Orphan not killed pid={}: {}", pid, failure.getMessage());
            }
        }
        return left.size();
    }

    private List<Long> living() {
        var pids = new ArrayList<Long>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            for (var thread : threads.toList()) {
                for (var pid : Files.readString(thread.resolve("children")).split(" ", -1)) {
                    if (!pid.isBlank() && !known.test(Long.parseLong(pid.strip()))) {
                        pids.add(Long.parseLong(pid.strip()));
                    }
                }
            }
        } catch (IOException failure) {
            LOG.debug("Children not listed: {}", failure.getMessage());
        }
        return pids;
    }
}
