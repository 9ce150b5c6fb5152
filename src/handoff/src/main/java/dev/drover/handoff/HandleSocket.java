package dev.drover.handoff;

import dev.drover.posix.Errno;
import dev.drover.posix.Fd;
import dev.drover.posix.PeerCredentials;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.UnixSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;

/// The master's end of one connection: the socket, its place in the poller and the buffer it shares with all others.
/// Belongs to the loop; never blocks.
final class HandleSocket implements AutoCloseable {
    private final UnixSocket socket;
    private final ByteBuffer buffer;
    private final PeerCredentials peer;
    private final Poller.Registration registration;
    private Runnable reader;

    /// Takes over an accepted socket; on failure it is closed.
    HandleSocket(UnixSocket socket, Poller poller, ByteBuffer buffer) {
        this.socket = socket;
        this.buffer = buffer;
        this.reader = () -> {};
        try {
            socket.setNonBlocking(true);
            this.peer = socket.peerCredentials();
            this.registration = poller.add(socket.fd(), Set.of(Poller.Interest.READABLE), _ -> reader.run());
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    /// Who reads from now on: called in each turn of the loop in which there is something.
    void readBy(Runnable reader) {
        this.reader = reader;
    }

    PeerCredentials peer() {
        return peer;
    }

    /// What arrived next.
    sealed interface Arrival {
        record Frame(FromWorker says) implements Arrival {}

        record Nothing() implements Arrival {}

        record EndOfStream() implements Arrival {}
    }

    Arrival receive() {
        buffer.clear();
        // INVARIANT: a worker sends no descriptors. With room for none the kernel closes what comes, and none is ever
        // in this process's table.
        return switch (socket.receive(buffer, 0)) {
            case dev.drover.posix.Received.Message(var _, var descriptors) ->
                new Arrival.Frame(WorkerFrames.read(Wire.take(buffer), descriptors));
            case dev.drover.posix.Received.WouldBlock _ -> new Arrival.Nothing();
            case dev.drover.posix.Received.EndOfStream _ -> new Arrival.EndOfStream();
            case dev.drover.posix.Received.Malformed(var why, var _) ->
                new Arrival.Frame(new FromWorker.Malformed(JoinRefusal.MALFORMED, why));
        };
    }

    /// Sends all or nothing. False: no room, or the peer is going; what it sent before that is still to be read.
    boolean send(byte[] frame, List<Handle> handles) {
        if (frame.length > HandoffLimits.MAX_FRAME_BYTES) {
            throw new AssertionError("Handle and Verdict let through a frame of " + frame.length + " bytes");
        }
        buffer.clear().put(frame).flip();
        return send(handles.stream().<Fd>map(Handle::descriptor).toList());
    }

    /// The same for connections of one socket.
    boolean send(ConnectionFrame frame, long transferId, List<Fd> connections) {
        buffer.clear();
        frame.write(transferId, connections.size(), buffer);
        buffer.flip();
        return send(connections);
    }

    private boolean send(List<Fd> descriptors) {
        try {
            return socket.send(buffer, descriptors);
        } catch (PosixException failure) {
            return switch (failure.errno()) {
                case Errno.EPIPE, Errno.ECONNRESET, Errno.ETOOMANYREFS, Errno.ENOBUFS, Errno.ENOMEM -> false;
                default -> throw failure;
            };
        }
    }

    /// Idempotent; the poller forgets it first.
    @Override
    public void close() {
        if (socket.fd().isOpen()) {
            try (socket) {
                registration.cancel();
            }
        }
    }
}
