package dev.drover.master.metrics;

import dev.drover.master.metrics.PrometheusText.BadPage;
import dev.drover.protocol.pool.v1.Metrics;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.metrics.AppMetrics;
import dev.drover.supervisor.usage.UsageMeter;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks workers for pages of what they measure, on the Unix sockets that their pools name. Any thread; blocks.
final class WorkerPages {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPages.class);

    /// Pages that are read at once: what they may cost of memory is bounded.
    private static final int MAX_AT_ONCE = 4;

    private final AppMetrics metrics;
    private final Function<String, Optional<WorkerPool>> written;
    private final ReentrantLock asking = new ReentrantLock();

    /// Whether those that were asked last have answered. Written under the lock, read by everyone.
    private volatile Map<Incarnation, Boolean> answered = Map.of();

    /// Whose page was complained of; those only that live.
    private final Set<Incarnation> complained = ConcurrentHashMap.newKeySet();

    private long lastNanos = System.nanoTime() - UsageMeter.FRESH.toNanos();

    /// @param metrics where it is reported
    /// @param written the resource of a pool
    WorkerPages(AppMetrics metrics, Function<String, Optional<WorkerPool>> written) {
        this.metrics = metrics;
        this.written = written;
    }

    /// Asks every worker whose pool wants that; who has not answered in time is not waited for. Once in 2 s: who asks
    /// while that is done gets what was told before.
    ///
    /// @return whether each has answered
    Map<Incarnation, Boolean> ask(Snapshot snapshot, Duration bound) {
        if (!asking.tryLock()) {
            return answered;
        }
        try {
            long now = System.nanoTime();
            if (now - lastNanos >= UsageMeter.FRESH.toNanos()) {
                lastNanos = now;
                answered = askAll(pages(snapshot), now + bound.toNanos());
            }
            return answered;
        } finally {
            asking.unlock();
        }
    }

    private record Page(Incarnation incarnation, String path, String httpPath) {}

    private List<Page> pages(Snapshot snapshot) {
        var pages = new ArrayList<Page>();
        var live = new HashSet<Incarnation>();
        for (var pool : snapshot.pools()) {
            var asked = written.apply(pool.spec().name())
                    .map(WorkerPool::getSpec)
                    .filter(spec -> spec.hasMetrics())
                    .map(spec -> spec.getMetrics());
            if (asked.isPresent()) {
                for (var worker : pool.workers()) {
                    if (worker.pid() != 0) {
                        var incarnation = new Incarnation(worker.id(), worker.incarnation());
                        live.add(incarnation);
                        pages.add(new Page(
                                incarnation,
                                path(asked.get(), incarnation),
                                asked.get().getHttpPath()));
                    }
                }
            }
        }
        complained.retainAll(live);
        return pages;
    }

    static String path(Metrics asked, Incarnation incarnation) {
        var worker = incarnation.worker();
        return asked.getPath()
                .replace("$(DROVER_POOL)", worker.pool())
                .replace("$(DROVER_WORKER)", worker.toString())
                .replace("$(DROVER_ORDINAL)", Integer.toString(worker.ordinal()))
                .replace("$(DROVER_INCARNATION)", Integer.toString(incarnation.number()));
    }

    private Map<Incarnation, Boolean> askAll(List<Page> pages, long dueNanos) {
        var results = new ConcurrentHashMap<Incarnation, Boolean>();
        var room = new Semaphore(MAX_AT_ONCE);
        var threads = new ArrayList<Thread>();
        for (var page : pages) {
            results.put(page.incarnation(), false);
            threads.add(Thread.ofVirtual().name("drover-page").start(() -> {
                try {
                    room.acquire();
                    try {
                        results.put(page.incarnation(), isRead(page));
                    } finally {
                        room.release();
                    }
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (var thread : threads) {
            await(thread, dueNanos);
        }
        return new HashMap<>(results);
    }

    private static void await(Thread thread, long dueNanos) {
        try {
            if (!thread.join(Duration.ofNanos(Math.max(0, dueNanos - System.nanoTime())))) {
                thread.interrupt();
            }
        } catch (InterruptedException interrupted) {
            thread.interrupt();
            Thread.currentThread().interrupt();
        }
    }

    private boolean isRead(Page page) {
        var who = page.incarnation();
        try {
            var text = UnixPage.get(Path.of(page.path()), page.httpPath());
            var report = PrometheusText.parse(text, why -> complain(who, why));
            metrics.report(who, report).ifPresent(why -> complain(who, why));
            return true;
        } catch (IOException | BadPage | RuntimeException failure) {
            complain(who, page.path() + ": " + failure.getMessage());
            return false;
        }
    }

    /// Once of each: the next page says the same.
    private void complain(Incarnation who, String why) {
        if (complained.add(who)) {
            LOG.warn("Metrics not taken worker={}: {}", who, why);
        }
    }
}
