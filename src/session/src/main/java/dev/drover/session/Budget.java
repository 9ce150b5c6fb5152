package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// The memory of all that waits in one process to be taken, whoever says it to whom. Thread-safe.
///
/// Who has some of it may have as much again as is still free: one that is slow leaves half of it to the others,
/// two leave a third, and nobody's slowness takes the last of it.
final class Budget {
    /// What a message costs beside its payload: the objects that carry it and wait for its outcome.
    static final int OVERHEAD_BYTES = 512;

    /// How often somebody who waits for room looks again whether others have left some.
    static final Duration LOOK = Duration.ofMillis(10);

    private final long capacity;
    private final AtomicLong used = new AtomicLong();

    Budget(long capacity) {
        this.capacity = capacity;
    }

    /// Where memory is no concern: the end of a worker, which has one session.
    static Budget unlimited() {
        return new Budget(Long.MAX_VALUE / 2);
    }

    /// What a message costs.
    static long costOf(int payloadBytes) {
        return (long) payloadBytes + OVERHEAD_BYTES;
    }

    /// Takes some, if that is left for one who has `held` of it.
    boolean take(long held, long wanted) {
        for (long now = used.get(); held + wanted <= capacity - now; now = used.get()) {
            if (used.compareAndSet(now, now + wanted)) {
                return true;
            }
        }
        return false;
    }

    void giveBack(long bytes) {
        used.addAndGet(-bytes);
    }

    /// What is taken.
    long used() {
        return used.get();
    }
}
