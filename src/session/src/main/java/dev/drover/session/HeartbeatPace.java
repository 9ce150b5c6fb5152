package dev.drover.session;

import java.time.Duration;

/// How often workers give a sign of life, and when. Each wakes a thread of the master, so that those of many workers
/// are what a master at rest spends its time on.
///
/// All workers together give no more than [#MAX_PER_SECOND]. They give them at common moments, of the clock that all
/// processes of a machine share, so that those of several workers wake the master once.
public final class HeartbeatPace {
    /// Signs of life a second that a master wants of all its workers.
    public static final int MAX_PER_SECOND = 64;

    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /// Between two common moments: few enough for the master, and so many that no more than some 8 workers wake in
    /// one.
    private static final Duration MOMENTS = Duration.ofMillis(125);

    private HeartbeatPace() {}

    /// The interval for one of so many workers: 1 s up to 64 of them, 4 s with 256.
    ///
    /// @param workers from 0
    public static Duration of(int workers) {
        // Not by Duration's own multiplication and division, which go through BigDecimal: a start would wait 20 ms for
        // its classes.
        long fair = Duration.ofSeconds(workers).toNanos() / MAX_PER_SECOND;
        long moments = Math.ceilDiv(fair, MOMENTS.toNanos());
        return Duration.ofNanos(Math.max(moments * MOMENTS.toNanos(), SHORTEST.toNanos()));
    }

    /// How long a worker waits before its first sign of life: an interval and up to the next common moment.
    ///
    /// @param nowNanos of [System#nanoTime]
    static Duration first(Duration interval, long nowNanos) {
        return interval.plusNanos(Math.floorMod(-(nowNanos + interval.toNanos()), MOMENTS.toNanos()));
    }
}
