package dev.drover.session;

import java.time.Duration;

/// A message or a request on its way.
sealed interface Said {
    Payload payload();

    /// @param payload what it says
    record Message(Payload payload) implements Said {}

    /// @param payload what it asks
    /// @param deadlineNanos when its answer is no longer wanted, of [System#nanoTime]
    record Request(Payload payload, long deadlineNanos) implements Said {
        Duration timeLeft() {
            return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
        }
    }
}
