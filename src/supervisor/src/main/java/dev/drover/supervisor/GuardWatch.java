package dev.drover.supervisor;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.Poller;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a guard process running: reaps one that has died and starts another. Belongs to the loop.
final class GuardWatch {
    private static final Logger LOG = LoggerFactory.getLogger(GuardWatch.class);

    /// A guard that dies is started again after this.
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Loop loop;
    private final Guard guard;
    private final Map<Long, Running> running = new HashMap<>();
    private boolean ending;

    private record Running(ChildProcess process, Poller.Registration watch) {}

    GuardWatch(Loop loop, Guard guard) {
        this.loop = loop;
        this.guard = guard;
    }

    void start() {
        guard.start().ifPresent(process -> {
            var watch =
                    loop.poller().add(process.pidfd(), Set.of(Poller.Interest.READABLE), ready -> ended(process.pid()));
            running.put(process.pid(), new Running(process, watch));
        });
    }

    private void ended(long pid) {
        var gone = running.remove(pid);
        if (gone == null) {
            return;
        }
        gone.watch().cancel();
        gone.process().reap();
        gone.process().close();
        if (!ending) {
            LOG.warn("Guard gone pid={}: another one is started", pid);
            loop.after(AGAIN, this::start);
        }
    }

    /// Whether the process is a guard.
    boolean owns(long pid) {
        return running.containsKey(pid);
    }

    /// Lets the guard end.
    void end() {
        ending = true;
        guard.close();
    }

    boolean idle() {
        return running.isEmpty();
    }
}
