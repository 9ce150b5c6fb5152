package dev.drover.bench;

import dev.drover.session.Address;
import dev.drover.session.Delivery;
import dev.drover.session.Messenger;
import dev.drover.session.Payload;
import dev.drover.worker.Worker;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The worker of [MessagesBench].
public final class MessagesWorker {
    private MessagesWorker() {}

    /// @param messages of the worker
    private record Parent(Messenger messages) implements MessagesEnd.Other {
        @Override
        public CompletableFuture<Delivery> send(Payload payload) {
            return messages.send(Address.parent(), payload);
        }

        @Override
        public CompletableFuture<Payload> request(Payload payload, Duration timeout) {
            return messages.request(Address.parent(), payload, timeout);
        }
    }

    /// Lives until its parent stops it.
    ///
    /// @param arguments where its handlers run, a name of [MessagesEnd.Handlers]
    public static void main(String[] arguments) {
        Jvm.logWarningsOnly();
        var worker = Worker.join();
        var end = new MessagesEnd(new Parent(worker.messages()));
        MessagesEnd.Handlers.valueOf(arguments[0]).executor().ifPresent(worker.messages()::handleOn);
        worker.messages().onMessage(end::onMessage);
        worker.messages().onRequest(end::onRequest);
        worker.ready();
    }
}
