package dev.drover.supervisor;

import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.Received;
import dev.drover.posix.UnixSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `NOTIFY_SOCKET` of one incarnation (sd_notify(3)): a datagram socket of its own, so that the sender is known by
/// the address it writes to. Belongs to the loop.
///
/// Understood: `READY=1`, `STOPPING=1`, `STATUS=`, `WATCHDOG=1`. Everything else is ignored, as systemd does.
/// Descriptors that
/// come along (FDSTORE, BARRIER) are closed, which is what BARRIER asks for.
final class NotifySocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NotifySocket.class);

    /// As systemd's own bound.
    private static final int MAX_MESSAGE_BYTES = 4096;

    private static final int MAX_DESCRIPTORS = 16;
    private static final int MAX_STATUS_CHARACTERS = 256;

    /// Messages read in one turn of the loop, so that a flood from one worker does not hold up the others.
    private static final int MESSAGES_PER_TURN = 32;

    private final Path path;
    private final UnixSocket socket;
    private final Poller.Registration registration;
    private final Listener listener;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_MESSAGE_BYTES);

    /// What a worker says of itself.
    interface Listener {
        /// `READY=1`.
        void ready();

        /// `STOPPING=1`.
        void stopping();

        /// `WATCHDOG=1`.
        void alive();

        /// `STATUS=`.
        void status(String text);
    }

    /// @throws PosixException when it cannot be bound
    NotifySocket(Path path, Poller poller, Listener listener) {
        this.path = path;
        this.listener = listener;
        this.socket = UnixSocket.bind(path);
        socket.setNonBlocking(true);
        this.registration = poller.add(socket.fd(), Set.of(Poller.Interest.READABLE), ready -> read());
    }

    Path path() {
        return path;
    }

    private void read() {
        for (int i = 0; i < MESSAGES_PER_TURN; i++) {
            buffer.clear();
            switch (socket.receive(buffer, MAX_DESCRIPTORS)) {
                case Received.Message message -> {
                    message.descriptors().forEach(Fd::close);
                    understand(text(message.length()));
                }
                case Received.Malformed malformed -> LOG.debug("Notification ignored: {}", malformed.why());
                case Received.WouldBlock _ -> {
                    return;
                }
                case Received.EndOfStream _ -> {
                    return;
                }
            }
        }
    }

    private String text(int length) {
        var bytes = new byte[length];
        buffer.get(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private void understand(String message) {
        for (var line : message.split("\n", -1)) {
            if (line.equals("READY=1")) {
                listener.ready();
            } else if (line.equals("STOPPING=1")) {
                listener.stopping();
            } else if (line.equals("WATCHDOG=1")) {
                listener.alive();
            } else if (line.startsWith("STATUS=")) {
                var text = line.substring("STATUS=".length());
                listener.status(text.substring(0, Math.min(text.length(), MAX_STATUS_CHARACTERS)));
            }
        }
    }

    /// Ends and removes the socket file.
    @Override
    public void close() {
        registration.cancel();
        socket.close();
        try {
            Files.deleteIfExists(path);
        } catch (IOException failure) {
            LOG.warn("Cannot remove {}: {}", path, failure.getMessage());
        }
    }
}
