package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// A request that came. To be answered once, by [#reply] or [#fail], from any thread, now or later; every further
/// answer is ignored, as is one after the requester no longer waits.
public final class IncomingRequest {
    private final Address from;
    private final Said.Request request;
    private final Outcome outcome;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<Runnable> whenCancelled = new ArrayList<>();

    @GuardedBy("lock")
    private boolean cancelled;

    @GuardedBy("lock")
    private boolean answered;

    IncomingRequest(Address from, Said.Request request, Outcome outcome) {
        this.from = from;
        this.request = request;
        this.outcome = outcome;
    }

    /// Who asks.
    public Address from() {
        return from;
    }

    /// What is asked.
    public Payload payload() {
        return request.payload();
    }

    /// How long the requester still waits; zero: no longer.
    public Duration timeLeft() {
        return request.timeLeft();
    }

    /// Whether the requester no longer waits: it cancelled, its time is up, or it is gone.
    public boolean isCancelled() {
        lock.lock();
        try {
            return cancelled || (!answered && timeLeft().isZero());
        } finally {
            lock.unlock();
        }
    }

    /// Runs the callback when the requester cancels or is gone before the answer, on a virtual thread; at once
    /// when it has.
    public void onCancel(Runnable callback) {
        lock.lock();
        try {
            if (!cancelled) {
                whenCancelled.add(callback);
                return;
            }
        } finally {
            lock.unlock();
        }
        callback.run();
    }

    /// Answers. Waits, off the session's own thread, while there is no room for the reply.
    public void reply(Payload payload) {
        if (answer()) {
            outcome.replied(payload);
        }
    }

    /// Answers with [FailureReason#HANDLER_FAILED].
    ///
    /// @param message for people, told to the requester
    public void fail(String message) {
        refuse(new Failure(FailureReason.HANDLER_FAILED, message));
    }

    void refuse(Failure failure) {
        if (answer()) {
            outcome.failed(failure);
        }
    }

    private boolean answer() {
        lock.lock();
        try {
            boolean first = !answered && !cancelled;
            answered = true;
            whenCancelled.clear();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /// The requester no longer waits.
    ///
    /// @return what is to be run
    List<Runnable> cancel() {
        List<Runnable> callbacks;
        lock.lock();
        try {
            if (answered || cancelled) {
                return List.of();
            }
            cancelled = true;
            callbacks = List.copyOf(whenCancelled);
        } finally {
            lock.unlock();
        }
        outcome.failed(new Failure(FailureReason.CANCELLED, "the requester no longer waits"));
        return callbacks;
    }

    @Override
    public String toString() {
        return "request from " + from + ": " + payload();
    }
}
