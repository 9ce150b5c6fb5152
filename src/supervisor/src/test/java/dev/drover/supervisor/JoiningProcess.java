package dev.drover.supervisor;

import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.Received;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// A worker in a process of its own that speaks the handle socket and nothing else: it answers each connection with
/// its name, or does worse.
final class JoiningProcess {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    /// What it does with what it is passed.
    enum Manner {
        TAKES,
        REFUSES,
        /// Ends when it is passed something, without a word.
        DIES,
        /// Joins and never says that it is ready.
        WAITS
    }

    private JoiningProcess() {}

    public static void main(String[] arguments) {
        var manner = Manner.valueOf(arguments[0]);
        var environment = System.getenv();
        var name = environment.getOrDefault("DROVER_WORKER", "");
        var handles = Path.of(environment.getOrDefault("DROVER_RUN_DIR", ""), "attach", "handles.sock");
        try (var client = HandleClient.connect(handles, TIMEOUT)) {
            var joined = client.join(name, 1, environment.getOrDefault("DROVER_TOKEN", ""), TIMEOUT);
            client.acknowledge(joined.transferId());
            if (manner != Manner.WAITS) {
                client.ready();
            }
            while (client.receive() instanceof Received.Transferred transfer) {
                answer(client, transfer, manner, name);
            }
        }
    }

    private static void answer(HandleClient client, Received.Transferred transfer, Manner manner, String name) {
        switch (manner) {
            case DIES -> Runtime.getRuntime().halt(7);
            case REFUSES -> {
                transfer.handles().forEach(handle -> handle.descriptor().close());
                client.refuse(transfer.transferId(), "not today");
            }
            case TAKES, WAITS -> {
                client.acknowledge(transfer.transferId());
                for (var handle : transfer.handles()) {
                    try (var descriptor = handle.descriptor()) {
                        if (handle.kind() == HandleKind.CONNECTION) {
                            descriptor.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.US_ASCII)));
                        }
                    }
                }
            }
        }
    }
}
