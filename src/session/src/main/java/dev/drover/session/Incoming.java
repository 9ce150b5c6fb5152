package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// Something that came over a link and wants an outcome, which is told to its sender over the same link. Any
/// thread.
final class Incoming implements Outcome {
    private final Link link;
    private final long id;
    private final int size;
    private final boolean request;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean answered = new AtomicBoolean();

    /// Of a request, which its requester may withdraw while its handler takes it: who answers waits until it is
    /// told as taken, or tells it no more.
    private final ReentrantLock order = new ReentrantLock();

    Incoming(Link link, long id, int size, boolean request) {
        this.link = link;
        this.id = id;
        this.size = size;
        this.request = request;
    }

    boolean isAnswered() {
        return answered.get();
    }

    @Override
    public void taken() {
        order.lock();
        try {
            if (takeOnce()) {
                link.tellTaken(id);
            }
        } finally {
            order.unlock();
        }
    }

    /// Whether it was not taken before; gives back its share of the bounds of what has come.
    private boolean takeOnce() {
        if (taken.compareAndSet(false, true)) {
            link.arrivals().left(size);
            return true;
        }
        return false;
    }

    @Override
    public void replied(Payload reply) {
        if (answerOnce()) {
            link.tellReply(id, reply);
        }
    }

    @Override
    public void broadcast(int delivered, int failed) {
        if (answerOnce()) {
            link.tell(Envelopes.broadcast(id, delivered, failed));
        }
    }

    @Override
    public void failed(Failure failure) {
        if (answerOnce()) {
            link.tell(Envelopes.failure(id, failure));
        }
    }

    private boolean answerOnce() {
        if (answered.compareAndSet(false, true)) {
            takeWithAnswer();
            if (request) {
                link.arrivals().answered();
                link.forgetLater(id);
            }
            return true;
        }
        return false;
    }

    /// An answer says that it was taken, too.
    private void takeWithAnswer() {
        order.lock();
        try {
            takeOnce();
        } finally {
            order.unlock();
        }
    }

    /// How long a reply waits for room.
    static final Duration REPLY_PATIENCE = Duration.ofSeconds(30);
}
