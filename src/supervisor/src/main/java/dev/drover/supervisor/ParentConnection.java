package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.posix.Connection;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/// A connection that the embedding program accepted and nobody has read from. It is passed to a worker
/// ([ForkedWorker#pass(ParentConnection)]), served by the program itself, or closed. Any thread.
public final class ParentConnection implements AutoCloseable {
    private final String socketName;
    private final Connection connection;

    ParentConnection(String socketName, Connection connection) {
        this.socketName = socketName;
        this.connection = connection;
    }

    /// The name of the socket it came from.
    public String socketName() {
        return socketName;
    }

    /// The other end.
    public SocketAddress peerAddress() {
        return connection.peerAddress();
    }

    /// Serves it here: a channel that is to be registered with an epoll event loop, which then owns it.
    public Channel nettyChannel() {
        return connection.peerAddress() instanceof UnixDomainSocketAddress
                ? new EpollDomainSocketChannel(connection.fd().release())
                : new EpollSocketChannel(connection.fd().release());
    }

    Handle handle() {
        return new Handle(HandleKind.CONNECTION, socketName, connection.localAddress(), 0, connection.fd());
    }

    /// Ends it, unless a worker has it. Idempotent.
    @Override
    public void close() {
        connection.close();
    }
}
