package dev.drover.examples.scenes;

import dev.drover.session.Address;
import dev.drover.session.Payload;
import dev.drover.worker.Worker;
import java.util.Map;

/// The child of scene 2.
public final class MessagesChild {
    private MessagesChild() {}

    /// Lives until its parent stops it.
    public static void main(String[] arguments) {
        var worker = Worker.join();
        worker.messages().onMessage(message -> {
            System.out.println("child got message: " + message.payload().text());
            worker.messages()
                    .send(Address.parent(), Payload.json(Map.of("foo", "bar")))
                    .join();
        });
        worker.ready();
    }
}
