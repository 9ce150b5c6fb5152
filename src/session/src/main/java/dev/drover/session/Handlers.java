package dev.drover.session;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// What an application does with what comes. Written by any thread, read by the lanes.
final class Handlers {
    /// Where handlers run unless the application says otherwise.
    static final Executor VIRTUAL_THREADS =
            task -> Thread.ofVirtual().name("drover-lane").start(task);

    /// Published by the application to the lanes.
    private volatile Optional<Consumer<IncomingMessage>> message = Optional.empty();

    /// Published by the application to the lanes.
    private volatile Optional<Consumer<IncomingRequest>> request = Optional.empty();

    /// Published by the application to the lanes.
    private volatile Executor threads = VIRTUAL_THREADS;

    void onMessage(Consumer<IncomingMessage> handler) {
        message = Optional.of(handler);
    }

    void onRequest(Consumer<IncomingRequest> handler) {
        request = Optional.of(handler);
    }

    void handleOn(Executor executor) {
        threads = executor;
    }

    Executor threads() {
        return threads;
    }

    Optional<Consumer<IncomingMessage>> message() {
        return message;
    }

    Optional<Consumer<IncomingRequest>> request() {
        return request;
    }

    boolean isEmpty() {
        return message.isEmpty() && request.isEmpty();
    }
}
