package dev.drover.supervisor;

import dev.drover.posix.Children;
import dev.drover.posix.PosixException;
import dev.drover.posix.Processes;
import dev.drover.posix.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
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

    /// The token of each that has told its environment, empty where it has none: a pid is no other's before we reap it.
    private final Map<Long, String> tokens = new HashMap<>();

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
            tokens.remove(pid.getAsLong());
            Children.reap(pid.getAsLong())
                    .ifPresent(
                            status -> LOG.debug("Orphan reaped pid={}: {}", pid.getAsLong(), Exits.describe(status)));
        }
        return true;
    }

    /// Kills those that a dead worker has left: they had left its process group, so they did not end with it, and hold
    /// its listeners. One that belongs to a living worker, or whose environment does not tell, is let alone; the
    /// latter is looked at again the next time.
    ///
    /// @param living whether an incarnation with that token lives
    void killStrays(Predicate<String> living) {
        for (long pid : livingOf(Processes.currentPid())) {
            if (token(pid).filter(token -> !living.test(token)).isPresent()) {
                LOG.warn("Process of a dead worker killed pid={}: it had left the worker's process group", pid);
                kill(pid);
            }
        }
    }

    private Optional<String> token(long pid) {
        if (!tokens.containsKey(pid)) {
            Environ.of(pid)
                    .ifPresent(told -> tokens.put(pid, told.get("DROVER_TOKEN").orElse("")));
        }
        return Optional.ofNullable(tokens.get(pid)).filter(token -> !token.isEmpty());
    }

    /// Kills what is left of them at the end.
    ///
    /// @return how many live
    int killAll() {
        var left = living();
        for (long pid : left) {
            LOG.warn("Orphan killed pid={}", pid);
            kill(pid);
        }
        return left.size();
    }

    private static void kill(long pid) {
        try {
            Processes.signal(pid, Signals.SIGKILL);
        } catch (PosixException failure) {
            LOG.warn("Orphan not killed pid={}: {}", pid, failure.getMessage());
        }
    }

    private List<Long> living() {
        var pids = new ArrayList<Long>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            threads.map(thread -> Long.parseLong(thread.getFileName().toString()))
                    .forEach(thread -> pids.addAll(livingOf(thread)));
        } catch (IOException failure) {
            LOG.debug("Threads not listed: {}", failure.getMessage());
        }
        return pids;
    }

    /// Those of one thread: the kernel gives orphans to the first one, whose number is the process's.
    private List<Long> livingOf(long thread) {
        try {
            var children = Files.readString(Path.of("/proc/self/task/" + thread + "/children"));
            return Pattern.compile(" ")
                    .splitAsStream(children)
                    .filter(word -> !word.isBlank())
                    .map(word -> Long.valueOf(word.strip()))
                    .filter(pid -> !known.test(pid))
                    .toList();
        } catch (IOException gone) {
            return List.of();
        }
    }
}
