package dev.drover.supervisor;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.PosixException;
import dev.drover.posix.Processes;
import dev.drover.posix.SpawnRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A tiny shell process that outlives a killed supervisor by a moment: it reads the workers' process groups from a
/// pipe and, when the pipe ends, kills those that are left.
///
/// PR_SET_PDEATHSIG would follow the thread that spawned, not the process. As PID 1 no guard is needed: the kernel
/// kills everything in the namespace. Usable from any thread.
final class Guard implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guard.class);

    // dash knows `kill -s KILL -- -PGID` only in this form.
    private static final String PROGRAM = """
            trap '' HUP INT QUIT TERM USR1 USR2 TSTP TTIN TTOU
            groups=' '
            while read -r what group; do
              case $what in
                +) groups="$groups$group " ;;
                -) case $groups in *" $group "*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;; esac ;;
              esac
            done
            for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
            exit 0
            """;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Long> groups = new LinkedHashSet<>();
    private Optional<Running> running = Optional.empty();
    private boolean closed;

    private record Running(ChildProcess process, Fd pipe) {}

    /// Whether this process needs a guard.
    static boolean needed() {
        return Processes.currentPid() != 1;
    }

    /// Starts the guard process and tells it what it must know. Returns the process, to be watched; empty where it
    /// cannot be started, which is said once.
    Optional<ChildProcess> start() {
        lock.lock();
        try (var pipe = Pipe.open()) {
            running.ifPresent(old -> old.pipe().close());
            running = Optional.empty();
            if (closed) {
                return Optional.empty();
            }
            var request = new SpawnRequest(
                    List.of("/bin/sh", "-c", PROGRAM),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Optional.empty(),
                    Optional.of(pipe.readEnd()),
                    Optional.empty(),
                    Optional.empty(),
                    List.of());
            var process = ChildProcess.spawn(request);
            running = Optional.of(new Running(process, pipe.writeEnd().duplicate()));
            groups.forEach(group -> tell('+', group));
            return Optional.of(process);
        } catch (PosixException failure) {
            LOG.warn(
                    "Workers without a session would outlive a killed master: cannot start the guard: {}",
                    failure.getMessage());
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// From now on the group is killed when this process dies.
    void add(long group) {
        lock.lock();
        try {
            groups.add(group);
            tell('+', group);
        } finally {
            lock.unlock();
        }
    }

    /// No longer. To be called before the leader is reaped: after that its number may belong to others.
    void remove(long group) {
        lock.lock();
        try {
            groups.remove(group);
            tell('-', group);
        } finally {
            lock.unlock();
        }
    }

    private void tell(char what, long group) {
        running.ifPresent(guard -> {
            try {
                var line = (what + " " + group + "\n").getBytes(StandardCharsets.US_ASCII);
                guard.pipe().write(ByteBuffer.wrap(line));
            } catch (PosixException failure) {
                // It has just died: its exit is seen, and the next one is told everything.
                LOG.debug("The guard does not listen: {}", failure.getMessage());
            }
        });
    }

    /// Ends the guard; groups that were not removed are killed by it.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            running.ifPresent(guard -> guard.pipe().close());
            running = Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
