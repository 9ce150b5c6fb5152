package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.Received;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A worker in a thread of its own instead of a process: it joins, takes connections over and answers each with its
/// ordinal, one byte.
final class FakeWorker implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Incarnation incarnation;
    private final HandleClient client;

    /// Joins and is ready.
    FakeWorker(Path handles, Incarnation incarnation) {
        this.incarnation = incarnation;
        this.client = HandleClient.connect(handles, TIMEOUT);
        var joined = client.join(incarnation.worker().toString(), incarnation.number(), "token", TIMEOUT);
        client.acknowledge(joined.transferId());
        client.ready();
    }

    Incarnation incarnation() {
        return incarnation;
    }

    HandleClient client() {
        return client;
    }

    /// Connections it has received with one transfer.
    record Given(long transferId, List<Handle> handles) implements AutoCloseable {
        /// Closes the worker's descriptors: the same, in the middle of a test.
        void drop() {
            handles.forEach(handle -> handle.descriptor().close());
        }

        @Override
        public void close() {
            drop();
        }
    }

    /// Waits for the next transfer.
    Given receive() {
        return switch (client.receive()) {
            case Received.Transferred(var id, var handles) -> new Given(id, handles);
            case Received.Withdrawn wanted -> throw new IllegalStateException("wanted back: " + wanted);
            case Received.MasterGone(var why) -> throw new IllegalStateException(why);
        };
    }

    /// Takes them over, answers and closes them.
    void serve(Given given) {
        try (given) {
            client.acknowledge(given.transferId());
            answer(given);
        }
        client.connectionsEnded(given.handles().size());
    }

    void answer(Given given) {
        for (var handle : given.handles()) {
            var name = ByteBuffer.allocateDirect(1)
                    .put(0, (byte) incarnation.worker().ordinal());
            handle.descriptor().write(name);
        }
    }

    /// Serves so many connections, or a few more that came with the last.
    void serve(int count) {
        for (int served = 0; served < count; ) {
            var given = receive();
            serve(given);
            served += given.handles().size();
        }
    }

    /// Its connection ends, as the kernel ends it when it dies: what it has not received is lost to it.
    void die() {
        client.close();
    }

    @Override
    public void close() {
        die();
    }
}
