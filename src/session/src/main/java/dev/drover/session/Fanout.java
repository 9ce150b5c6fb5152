package dev.drover.session;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The outcomes of a message's copies as one. Any thread.
final class Fanout {
    private final AtomicInteger open;
    private final AtomicInteger delivered = new AtomicInteger();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();
    private final Then then;

    /// Who learns of the end.
    interface Then {
        /// @param failure one of them, when there is any
        void done(int delivered, int failed, Optional<Failure> failure);
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
                failure.compareAndSet(null, why);
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
            then.done(delivered.get(), copies - delivered.get(), Optional.ofNullable(failure.get()));
        }
    }
}
