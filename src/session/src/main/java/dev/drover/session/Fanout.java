package dev.drover.session;

import java.util.concurrent.atomic.AtomicInteger;

/// The outcomes of a message's copies as one, once each is known. Any thread.
final class Fanout {
    private final AtomicInteger open;
    private final AtomicInteger delivered = new AtomicInteger();
    private final Then then;

    /// Who learns of the end.
    interface Then {
        void done(int delivered, int failed);
    }

    private final int copies;

    Fanout(int copies, Then then) {
        this.copies = copies;
        this.open = new AtomicInteger(copies);
        this.then = then;
    }

    /// For one copy.
    Outcome copy() {
        return new Outcome() {
            @Override
            public void taken() {
                delivered.incrementAndGet();
                ended();
            }

            @Override
            public void failed(Failure why) {
                ended();
            }

            @Override
            public void replied(Payload reply) {
                throw new AssertionError("a message has no reply");
            }

            @Override
            public void broadcast(int several, int failed) {
                throw new AssertionError("a copy has one receiver");
            }
        };
    }

    private void ended() {
        if (open.decrementAndGet() == 0) {
            then.done(delivered.get(), copies - delivered.get());
        }
    }
}
