package dev.drover.session;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// The outcomes of a message's copies as one: it is taken with the first copy that is, and failed when all have.
/// Any thread.
final class FirstTaken implements Outcome {
    private final AtomicInteger open;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final Outcome outcome;

    FirstTaken(int copies, Outcome outcome) {
        this.open = new AtomicInteger(copies);
        this.outcome = outcome;
    }

    @Override
    public void taken() {
        if (taken.compareAndSet(false, true)) {
            outcome.taken();
        }
    }

    @Override
    public void failed(Failure failure) {
        // INVARIANT: a copy that is taken does not fail any more, so this reaches zero only where none is.
        if (open.decrementAndGet() == 0) {
            outcome.failed(failure);
        }
    }

    @Override
    public void replied(Payload reply) {
        throw new AssertionError("a message has no reply");
    }

    @Override
    public void broadcast(int delivered, int failed) {
        throw new AssertionError("a copy has one receiver");
    }
}
