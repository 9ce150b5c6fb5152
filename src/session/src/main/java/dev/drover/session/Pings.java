package dev.drover.session;

import java.time.Duration;
import java.util.Optional;

/// Measures the round trip of one session, by pings that go out with the signs of life of its worker. One at a time is
/// under way, so that what is measured is never the wait behind another. The clock is an argument, of
/// [System#nanoTime].
///
/// Belongs to the session thread; anyone may read [#last].
final class Pings {
    private final long pauseNanos;
    private long number;
    private long sentNanos;
    private boolean underWay;

    /// Written by the session thread, read by everyone.
    private volatile Optional<Duration> last = Optional.empty();

    /// @param pause at least so long from one to the next
    Pings(Duration pause) {
        this.pauseNanos = pause.toNanos();
    }

    /// Whether one is to be sent now.
    boolean isDue(long nowNanos) {
        return !underWay && (number == 0 || nowNanos - sentNanos >= pauseNanos);
    }

    /// One is sent now.
    ///
    /// @return its number
    long send(long nowNanos) {
        underWay = true;
        sentNanos = nowNanos;
        return ++number;
    }

    void answered(long answered, long nowNanos) throws SessionViolation {
        if (!underWay || answered != number) {
            throw SessionViolation.malformed("a pong to no ping: " + Long.toUnsignedString(answered));
        }
        underWay = false;
        last = Optional.of(Duration.ofNanos(nowNanos - sentNanos));
    }

    /// How long the last one took that was answered.
    Optional<Duration> last() {
        return last;
    }
}
