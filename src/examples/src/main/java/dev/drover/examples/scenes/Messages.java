package dev.drover.examples.scenes;

import dev.drover.session.Payload;
import dev.drover.supervisor.Fork;
import dev.drover.supervisor.Supervisor;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Scene 2: a parent forks a child; each sends a message and prints what it gets.
public final class Messages {
    private Messages() {}

    /// The parent. Ends when it has heard from its child.
    public static void main(String[] arguments) {
        try (var supervisor = Supervisor.start()) {
            var child = supervisor.fork(Fork.of("child", Jvm.running(MessagesChild.class)));
            var heard = new CompletableFuture<Payload>();
            child.onMessage(message -> heard.complete(message.payload()));
            child.send(Payload.json(Map.of("hello", "world"))).join();
            System.out.println("parent got message: " + heard.join().text());
        }
    }
}
