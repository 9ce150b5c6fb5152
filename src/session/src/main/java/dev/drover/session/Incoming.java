package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;

/// Something that came over a link and wants an outcome, which is told to its sender over the same link. Any
/// thread.
///
/// A request may be withdrawn while its handler takes it: who answers waits until it is told as taken, or tells it no
/// more.
final class Incoming implements Outcome {
    /// How long a reply waits for room.
    static final Duration REPLY_PATIENCE = Duration.ofSeconds(30);

    private final Link link;
    private final long id;
    private final int size;
    private final boolean request;

    @GuardedBy("this")
    private boolean taken;

    @GuardedBy("this")
    private boolean answered;

    Incoming(Link link, long id, int size, boolean request) {
        this.link = link;
        this.id = id;
        this.size = size;
        this.request = request;
    }

    synchronized boolean isAnswered() {
        return answered;
    }

    @Override
    public synchronized void taken() {
        if (takeOnce()) {
            link.tellTaken(id);
        }
    }

    /// Whether it was not taken before; gives back its share of the bounds of what has come.
    @GuardedBy("this")
    private boolean takeOnce() {
        if (taken) {
            return false;
        }
        taken = true;
        link.arrivals().left(size);
        return true;
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

    private synchronized boolean answerOnce() {
        if (answered) {
            return false;
        }
        answered = true;
        // An answer says that it was taken, too.
        takeOnce();
        if (request) {
            link.arrivals().answered();
            link.forgetLater(id);
        }
        return true;
    }
}
