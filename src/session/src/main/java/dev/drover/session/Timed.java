package dev.drover.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A request to somebody in this process, whose deadline is watched here. Any thread.
final class Timed implements Outcome, Withdrawal {
    private final Outcome outcome;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final AtomicReference<@Nullable Withdrawal> withdrawal = new AtomicReference<>();

    /// Set by the loop once, read by whoever ends it.
    private volatile Runnable stopWatch = () -> {};

    Timed(Outcome outcome) {
        this.outcome = outcome;
    }

    void given(Withdrawal given) {
        if (!withdrawal.compareAndSet(null, given)) {
            given.withdraw();
        }
    }

    void watch(EventExecutor loop, Said.Request request) {
        if (!ended.get()) {
            long left = request.deadlineNanos() - System.nanoTime();
            var timer = loop.schedule(this::expire, Math.max(0, left), TimeUnit.NANOSECONDS);
            stopWatch = () -> timer.cancel(false);
            if (ended.get()) {
                timer.cancel(false);
            }
        }
    }

    private void expire() {
        failed(new Failure(FailureReason.DEADLINE_EXCEEDED, "no reply in time"));
        withdraw();
    }

    @Override
    public void withdraw() {
        var given = withdrawal.getAndSet(Withdrawal.NOTHING);
        if (given != null) {
            given.withdraw();
        }
    }

    @Override
    public void taken() {
        outcome.taken();
    }

    @Override
    public void replied(Payload reply) {
        if (endOnce()) {
            outcome.replied(reply);
        }
    }

    @Override
    public void failed(Failure failure) {
        if (endOnce()) {
            outcome.failed(failure);
        }
    }

    private boolean endOnce() {
        boolean first = ended.compareAndSet(false, true);
        if (first) {
            stopWatch.run();
        }
        return first;
    }

    @Override
    public void broadcast(int delivered, int failed) {
        throw new AssertionError("a request has one receiver");
    }
}
