package dev.drover.supervisor;

import java.util.function.LongSupplier;

/// Lets something be said once a second at most: how often there is reason to is in the hands of others. Belongs
/// to the loop.
final class Throttle {
    private static final long INTERVAL_NANOS = 1_000_000_000;

    private final LongSupplier nanoTime;
    private boolean used;
    private long lastNanos;

    Throttle(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void run(Runnable saying) {
        long now = nanoTime.getAsLong();
        if (!used || now - lastNanos >= INTERVAL_NANOS) {
            used = true;
            lastNanos = now;
            saying.run();
        }
    }
}
