package dev.drover.worker;

import dev.drover.session.Address;
import dev.drover.session.Delivery;
import dev.drover.session.IncomingMessage;
import dev.drover.session.IncomingRequest;
import dev.drover.session.Messenger;
import dev.drover.session.Payload;
import dev.drover.session.WhenFull;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The messenger of a worker's session; with a handler the process stays alive.
///
/// @param session of the session
/// @param keepAlive begins with the first handler
record WorkerMessenger(Messenger session, KeepAlive keepAlive) implements Messenger {
    @Override
    public CompletableFuture<Delivery> send(Address to, Payload payload, WhenFull whenFull) {
        return session.send(to, payload, whenFull);
    }

    @Override
    public CompletableFuture<Payload> request(Address to, Payload payload, Duration timeout) {
        return session.request(to, payload, timeout);
    }

    @Override
    public void onMessage(Consumer<IncomingMessage> handler) {
        session.onMessage(handler);
        keepAlive.begin();
    }

    @Override
    public void onRequest(Consumer<IncomingRequest> handler) {
        session.onRequest(handler);
        keepAlive.begin();
    }

    @Override
    public void handleOn(Executor executor) {
        session.handleOn(executor);
    }
}
