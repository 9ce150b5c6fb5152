package dev.drover.session;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Checks that a peer keeps to the bounds: what it sent and nobody here has taken yet. Counted up by the loop,
/// down by any thread.
///
/// The peer counts down later than we do, so one that keeps to the bounds never fails the check.
final class Arrivals {
    private final MessageLimits limits;
    private final AtomicInteger messages = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger requests = new AtomicInteger();

    Arrivals(MessageLimits limits) {
        this.limits = limits;
    }

    void came(int size, boolean request) throws SessionViolation {
        if (messages.incrementAndGet() > limits.maxMessages()) {
            throw SessionViolation.overLimit("more than " + limits.maxMessages() + " messages that nobody has taken");
        }
        if (bytes.addAndGet(size) > limits.maxBytes()) {
            throw SessionViolation.overLimit("more than " + limits.maxBytes() + " bytes that nobody has taken");
        }
        if (request && requests.incrementAndGet() > limits.maxOpenRequests()) {
            throw SessionViolation.overLimit("more than " + limits.maxOpenRequests() + " open requests");
        }
    }

    void left(int size) {
        messages.decrementAndGet();
        bytes.addAndGet(-size);
    }

    void answered() {
        requests.decrementAndGet();
    }
}
