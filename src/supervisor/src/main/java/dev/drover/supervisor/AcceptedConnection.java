package dev.drover.supervisor;

import dev.drover.posix.Connection;
import dev.drover.posix.Fd;
import dev.drover.supervisor.dispatch.Arrival;
import java.net.SocketAddress;
import java.util.Optional;

/// A connection of a Dispatched socket, and the master's own descriptor of it. Belongs to the loop.
final class AcceptedConnection implements Arrival, AutoCloseable {
    private final Door door;
    private final Fd fd;
    private final long acceptedNanos;

    AcceptedConnection(Door door, Fd fd, long acceptedNanos) {
        this.door = door;
        this.fd = fd;
        this.acceptedNanos = acceptedNanos;
    }

    /// When it was accepted, of the loop's clock.
    long acceptedNanos() {
        return acceptedNanos;
    }

    Door door() {
        return door;
    }

    Fd fd() {
        return fd;
    }

    @Override
    public String socketName() {
        return door.name();
    }

    @Override
    public Optional<SocketAddress> peerAddress() {
        return Connection.peerAddress(fd);
    }

    @Override
    public SocketAddress localAddress() {
        return Connection.localAddress(fd);
    }

    /// Only the master's descriptor.
    @Override
    public void close() {
        fd.close();
    }
}
