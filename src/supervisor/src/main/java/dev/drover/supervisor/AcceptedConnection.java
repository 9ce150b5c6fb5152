package dev.drover.supervisor;

import dev.drover.posix.Connection;
import dev.drover.posix.Fd;
import dev.drover.supervisor.dispatch.Arrival;
import java.net.SocketAddress;

/// A connection of a Dispatched socket, and the master's own descriptor of it. Belongs to the loop.
final class AcceptedConnection implements Arrival, AutoCloseable {
    private final Door door;
    private final Connection connection;

    AcceptedConnection(Door door, Connection connection) {
        this.door = door;
        this.connection = connection;
    }

    Door door() {
        return door;
    }

    Fd fd() {
        return connection.fd();
    }

    @Override
    public String socketName() {
        return door.name();
    }

    @Override
    public SocketAddress peerAddress() {
        return connection.peerAddress();
    }

    @Override
    public SocketAddress localAddress() {
        return connection.localAddress();
    }

    /// Only the master's descriptor.
    @Override
    public void close() {
        connection.close();
    }
}
