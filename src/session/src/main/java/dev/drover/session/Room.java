package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// What was given to somebody in this process and has no outcome yet. Thread-safe.
///
/// Holds at most [MessageLimits#maxMessages] and [MessageLimits#maxBytes] that were not taken, and
/// [MessageLimits#maxOpenRequests] without an answer, and no more than is left of
/// [MessageLimits#maxTotalBytes]; what is more fails with [FailureReason#QUEUE_FULL].
final class Room {
    private final String owner;
    private final MessageLimits limits;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Set<Held> open = new HashSet<>();

    @GuardedBy("lock")
    private int untaken;

    @GuardedBy("lock")
    private long untakenBytes;

    @GuardedBy("lock")
    private final Share share;

    @GuardedBy("lock")
    private int requests;

    @GuardedBy("lock")
    private boolean closed;

    /// @param owner who has the room, for people
    /// @param budget of all sessions and programs of this process
    Room(String owner, MessageLimits limits, Budget budget) {
        this.owner = owner;
        this.limits = limits;
        this.share = new Share(budget);
    }

    /// Makes room; where there is none the outcome is told.
    ///
    /// @return what the outcome is to be told to from now on
    Optional<Outcome> enter(Said said, Outcome outcome) {
        var held = new Held(outcome, said.payload().size(), said instanceof Said.Request);
        var refusal = admit(held);
        refusal.ifPresent(outcome::failed);
        return refusal.isPresent() ? Optional.empty() : Optional.of(held);
    }

    private Optional<Failure> admit(Held held) {
        if (held.size > limits.maxPayloadBytes()) {
            return Optional.of(new Failure(
                    FailureReason.TOO_LARGE,
                    "cannot send " + held.size + " bytes to " + owner + ": at most " + limits.maxPayloadBytes()
                            + " are allowed in one payload"));
        }
        lock.lock();
        try {
            if (closed) {
                return Optional.of(new Failure(FailureReason.NO_RECEIVER, owner + " has left"));
            }
            if (untaken >= limits.maxMessages()
                    || untakenBytes + held.size > limits.maxBytes()
                    || (held.request && requests >= limits.maxOpenRequests())
                    || !share.take(Budget.costOf(held.size))) {
                return Optional.of(
                        new Failure(FailureReason.QUEUE_FULL, owner + " has not taken what was sent before"));
            }
            open.add(held);
            untaken++;
            untakenBytes += held.size;
            requests += held.request ? 1 : 0;
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// Something that has room until it is taken, and answered if it is a request.
    private final class Held implements Outcome {
        private final Outcome outcome;
        private final int size;
        private final boolean request;

        /// Guarded by the lock of the room.
        private boolean taken;

        Held(Outcome outcome, int size, boolean request) {
            this.outcome = outcome;
            this.size = size;
            this.request = request;
        }

        @Override
        public void taken() {
            if (take(this)) {
                outcome.taken();
            }
        }

        @Override
        public void replied(Payload reply) {
            if (end(this)) {
                outcome.replied(reply);
            }
        }

        @Override
        public void failed(Failure failure) {
            if (end(this)) {
                outcome.failed(failure);
            }
        }

        @Override
        public void broadcast(int delivered, int failed) {
            throw new AssertionError(owner + " is one receiver");
        }
    }

    private boolean take(Held held) {
        lock.lock();
        try {
            if (held.taken || !open.contains(held)) {
                return false;
            }
            held.taken = true;
            untaken--;
            untakenBytes -= held.size;
            share.giveBack(held.size);
            if (!held.request) {
                open.remove(held);
                share.giveBack(Budget.OVERHEAD_BYTES);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean end(Held held) {
        lock.lock();
        try {
            if (!open.remove(held)) {
                return false;
            }
            if (!held.taken) {
                untaken--;
                untakenBytes -= held.size;
                share.giveBack(held.size);
            }
            share.giveBack(Budget.OVERHEAD_BYTES);
            requests -= held.request ? 1 : 0;
            return true;
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// The owner leaves: what has no outcome yet fails. Idempotent.
    ///
    /// @return whether it was open
    boolean close() {
        List<Held> left;
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            left = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        var failure = new Failure(FailureReason.PEER_GONE, owner + " has left");
        left.forEach(held -> held.failed(failure));
        return true;
    }
}
