package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The messenger of whoever says what it says through an outlet.
final class OutletMessenger implements Messenger {
    private final Outlet outlet;
    private final Handlers handlers;

    OutletMessenger(Outlet outlet, Handlers handlers) {
        this.outlet = outlet;
        this.handlers = handlers;
    }

    @Override
    public CompletableFuture<Delivery> send(Address to, Payload payload, WhenFull whenFull) {
        var sent = new SentMessage();
        outlet.offer(to, new Said.Message(payload), whenFull, sent);
        return sent;
    }

    @Override
    public CompletableFuture<Payload> request(Address to, Payload payload, Duration timeout) {
        if (to instanceof Address.Pool) {
            throw new IllegalArgumentException("cannot send a request to " + to + ": a pool gives no single answer, "
                    + "address one of its workers");
        }
        if (!timeout.isPositive()) {
            throw new IllegalArgumentException(
                    "cannot send a request with a timeout of " + timeout + ": it must be " + "positive");
        }
        var sent = new SentRequest();
        var request = new Said.Request(payload, System.nanoTime() + saturated(timeout));
        return sent.withdrawnBy(outlet.offer(to, request, WhenFull.waitFor(timeout), sent));
    }

    /// Longer than a century is as good as a century.
    private static long saturated(Duration timeout) {
        var century = Duration.ofDays(36_500);
        return (timeout.compareTo(century) > 0 ? century : timeout).toNanos();
    }

    @Override
    public void onMessage(Consumer<IncomingMessage> handler) {
        handlers.onMessage(handler);
    }

    @Override
    public void onRequest(Consumer<IncomingRequest> handler) {
        handlers.onRequest(handler);
    }

    @Override
    public void handleOn(Executor executor) {
        handlers.handleOn(executor);
    }
}
