package dev.drover.session;

import java.util.concurrent.CompletableFuture;

/// The future of a message.
final class SentMessage extends CompletableFuture<Delivery> implements Outcome {
    @Override
    public void taken() {
        complete(Delivery.ONE);
    }

    @Override
    public void broadcast(int delivered, int failed) {
        complete(new Delivery(delivered, failed));
    }

    @Override
    public void failed(Failure failure) {
        completeExceptionally(new MessageException(failure));
    }

    @Override
    public void replied(Payload reply) {
        throw new AssertionError("Link let through a reply to a message");
    }
}
