package dev.drover.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is left of the workers of a supervisor that was killed: descendants that had left their process group, or
/// workers whose guard was killed too. They hold listeners from which nobody serves.
///
/// They are known by their environment: only a worker has a token, and whoever holds the lock of a run directory
/// knows that none of them belongs to a living supervisor.
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private static final Duration END_BOUND = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private Leftovers() {}

    /// Kills them and waits, for two seconds at most, for their end. To be called under the lock of the run
    /// directory.
    static void kill(Path runDirectory) {
        var ours = new HashSet<Long>();
        for (var one = Optional.of(ProcessHandle.current());
                one.isPresent();
                one = one.get().parent()) {
            ours.add(one.get().pid());
        }
        var left = ProcessHandle.allProcesses()
                .filter(process -> !ours.contains(process.pid()) && isWorkerOf(runDirectory, process.pid()))
                .toList();
        for (var process : left) {
            LOG.warn("Process of a killed master found and killed pid={}", process.pid());
            process.destroyForcibly();
        }
        awaitEnd(left);
    }

    private static void awaitEnd(List<ProcessHandle> left) {
        long deadline = System.nanoTime() + END_BOUND.toNanos();
        while (left.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        left.stream()
                .filter(ProcessHandle::isAlive)
                .forEach(process -> LOG.warn("Process of a killed master lives on pid={}", process.pid()));
    }

    private static boolean isWorkerOf(Path runDirectory, long pid) {
        return Environ.of(pid)
                .filter(environ -> environ.get("DROVER_TOKEN").isPresent())
                .flatMap(environ -> environ.get("DROVER_RUN_DIR"))
                .filter(runDirectory.toString()::equals)
                .isPresent();
    }
}
