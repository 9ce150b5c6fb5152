package dev.drover.session;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// One other end of a conversation, seen from the parent: what `child` is in Node. [Messenger] tells the rules.
public final class Peer {
    private final Address address;
    private final Messenger messenger;
    private final Handlers handlers;

    /// @param handlers of what that end says to the parent
    Peer(Address address, Messenger messenger, Handlers handlers) {
        this.address = address;
        this.messenger = messenger;
        this.handlers = handlers;
    }

    /// Who it is.
    public Address address() {
        return address;
    }

    /// Sends it a message, as [Messenger#send(Address, Payload)].
    public CompletableFuture<Delivery> send(Payload payload) {
        return messenger.send(address, payload);
    }

    /// Sends it a message, as [Messenger#send(Address, Payload, WhenFull)].
    public CompletableFuture<Delivery> send(Payload payload, WhenFull whenFull) {
        return messenger.send(address, payload, whenFull);
    }

    /// Sends it a request, as [Messenger#request].
    public CompletableFuture<Payload> request(Payload payload, Duration timeout) {
        return messenger.request(address, payload, timeout);
    }

    /// Who takes what it says to the parent from now on, instead of the handler for all.
    public void onMessage(Consumer<IncomingMessage> handler) {
        handlers.onMessage(handler);
    }

    /// Who answers what it asks the parent from now on, instead of the handler for all.
    public void onRequest(Consumer<IncomingRequest> handler) {
        handlers.onRequest(handler);
    }

    /// On which threads these handlers run from now on, as [Messenger#handleOn].
    public void handleOn(Executor executor) {
        handlers.handleOn(executor);
    }
}
