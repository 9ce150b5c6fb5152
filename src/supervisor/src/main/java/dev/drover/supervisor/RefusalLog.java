package dev.drover.supervisor;

import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Logs whom the attach sockets turn away, at most so many in one tick: how often that happens is in the hands of
/// whoever can connect. Any thread.
final class RefusalLog {
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    private static final int MAX_LOGGED = 10;

    private final AtomicInteger refusals = new AtomicInteger();

    void join(long pid, int uid, String why) {
        if (refusals.incrementAndGet() <= MAX_LOGGED) {
            LOG.warn("Join refused pid={} uid={}: {}", pid, uid, why);
        }
    }

    void session(String why) {
        if (refusals.incrementAndGet() <= MAX_LOGGED) {
            LOG.warn("Session refused: {}", why);
        }
    }

    /// Begins anew, and tells how many were not told one by one.
    void tick() {
        int total = refusals.getAndSet(0);
        if (total > MAX_LOGGED) {
            LOG.warn("Joins and sessions refused, not told one by one: {}", total - MAX_LOGGED);
        }
    }
}
