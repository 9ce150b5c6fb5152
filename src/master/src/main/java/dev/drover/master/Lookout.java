package dev.drover.master;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks once a second at what changes without telling: files and the number of CPUs. On a thread of its own.
///
/// Not by inotify: it tells nothing of files on a network, needs a watch on every link and folder of a path to
/// see a ConfigMap swapped, and tells nothing of cgroups.
final class Lookout implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final ScheduledExecutorService thread;
    private final Runnable look;

    private Lookout(Runnable look) {
        this.look = look;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("drover-lookout").factory());
    }

    static Lookout start(Runnable look) {
        var lookout = new Lookout(look);
        var _ = lookout.thread.scheduleWithFixedDelay(
                lookout::look, INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        return lookout;
    }

    private void look() {
        try {
            look.run();
        } catch (RuntimeException failure) {
            // The next look may succeed.
            LOG.error("Looking for changes failed", failure);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
