package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/// A program outside that has subscribed: a parent in Node's sense. Thread-safe.
///
/// Holds at most [MessageLimits#maxMessages] and [MessageLimits#maxBytes] that the program has not signed for, and
/// [MessageLimits#maxOpenRequests] it has not answered; what is more fails with [FailureReason#QUEUE_FULL].
public final class Program implements Receiver, AutoCloseable {
    private final Address.Program address;
    private final Subscriber subscriber;
    private final MessageLimits limits;
    private final Runnable whenClosed;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Set<Given> open = new HashSet<>();

    @GuardedBy("lock")
    private int unsigned;

    @GuardedBy("lock")
    private long unsignedBytes;

    @GuardedBy("lock")
    private int requests;

    @GuardedBy("lock")
    private boolean closed;

    Program(Address.Program address, Subscriber subscriber, MessageLimits limits, Runnable whenClosed) {
        this.address = address;
        this.subscriber = subscriber;
        this.limits = limits;
        this.whenClosed = whenClosed;
    }

    /// Its name among those who send to it.
    public Address.Program address() {
        return address;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    /// Something given to the program and not ended: signed for, and answered if it is a request.
    private final class Given implements Outcome {
        private final Outcome outcome;
        private final int size;
        private final boolean request;
        private boolean signed;

        Given(Outcome outcome, int size, boolean request) {
            this.outcome = outcome;
            this.size = size;
            this.request = request;
        }

        void sign() {
            if (Program.this.sign(this)) {
                outcome.taken();
            }
        }

        @Override
        public void taken() {
            sign();
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
            throw new AssertionError("a program is one receiver");
        }
    }

    @Override
    public Withdrawal give(Address from, Said said, Outcome outcome) {
        var given = new Given(outcome, said.payload().size(), said instanceof Said.Request);
        var refusal = admit(given);
        if (refusal != null) {
            outcome.failed(refusal);
            return Withdrawal.NOTHING;
        }
        return switch (said) {
            case Said.Message(var payload) -> {
                subscriber.message(new IncomingMessage(from, payload), given::sign);
                yield Withdrawal.NOTHING;
            }
            case Said.Request asked -> {
                var request = new IncomingRequest(from, asked, given);
                subscriber.request(request, given::sign);
                yield () -> request.cancel().forEach(Thread::startVirtualThread);
            }
        };
    }

    private @org.jspecify.annotations.Nullable Failure admit(Given given) {
        lock.lock();
        try {
            if (closed) {
                return new Failure(FailureReason.NO_RECEIVER, address + " has left");
            }
            if (unsigned >= limits.maxMessages()
                    || unsignedBytes + given.size > limits.maxBytes()
                    || (given.request && requests >= limits.maxOpenRequests())) {
                return new Failure(FailureReason.QUEUE_FULL, address + " has not taken what was sent before");
            }
            open.add(given);
            unsigned++;
            unsignedBytes += given.size;
            requests += given.request ? 1 : 0;
            return null;
        } finally {
            lock.unlock();
        }
    }

    private boolean sign(Given given) {
        lock.lock();
        try {
            if (given.signed || !open.contains(given)) {
                return false;
            }
            given.signed = true;
            unsigned--;
            unsignedBytes -= given.size;
            if (!given.request) {
                open.remove(given);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean end(Given given) {
        lock.lock();
        try {
            if (!open.remove(given)) {
                return false;
            }
            if (!given.signed) {
                unsigned--;
                unsignedBytes -= given.size;
            }
            requests -= given.request ? 1 : 0;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// It leaves: what it has not signed for, and the requests it has not answered, fail. Idempotent.
    @Override
    public void close() {
        List<Given> left;
        lock.lock();
        try {
            closed = true;
            left = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        whenClosed.run();
        var failure = new Failure(FailureReason.PEER_GONE, address + " has left");
        left.forEach(given -> given.failed(failure));
    }
}
