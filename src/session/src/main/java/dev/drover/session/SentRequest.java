package dev.drover.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The future of a request; to cancel it withdraws the request.
final class SentRequest extends CompletableFuture<Payload> implements Outcome {
    /// Set once: by the sender when it has given the request away, or by a cancel before that.
    private final AtomicReference<@Nullable Withdrawal> withdrawal = new AtomicReference<>();

    /// What a cancel does from now on; at once when there was one.
    SentRequest withdrawnBy(Withdrawal given) {
        if (!withdrawal.compareAndSet(null, given)) {
            given.withdraw();
        }
        return this;
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        boolean cancelled = super.cancel(mayInterruptIfRunning);
        if (cancelled) {
            var given = withdrawal.getAndSet(Withdrawal.NOTHING);
            if (given != null) {
                given.withdraw();
            }
        }
        return cancelled;
    }

    @Override
    public void taken() {
        // It ends with its reply.
    }

    @Override
    public void replied(Payload reply) {
        complete(reply);
    }

    @Override
    public void broadcast(int delivered, int failed) {
        throw new AssertionError("Link let through the outcome of a broadcast for a request");
    }

    @Override
    public void failed(Failure failure) {
        completeExceptionally(new MessageException(failure));
    }
}
