package dev.drover.worker;

import dev.drover.posix.Fd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.UnixDomainSocketAddress;

/// Makes Netty's channels of connections. Apart from [WorkerConnection] so that a worker without Netty on its class
/// path
/// can use the JDK's way.
final class NettyConnections {
    private NettyConnections() {}

    /// @throws WorkerException when Netty's epoll transport cannot be used
    static void checkAvailable(WorkerConnection connection) {
        if (!Epoll.isAvailable()) {
            throw new WorkerException(
                    "cannot take a " + connection + " for Netty: its epoll transport is not available",
                    Epoll.unavailabilityCause());
        }
    }

    /// Takes the descriptor over.
    static Channel open(WorkerConnection connection, EventLoopGroup group, ChannelHandler initializer) {
        var channel = channel(connection);
        var _ = channel.closeFuture().addListener(_ -> connection.ended());
        channel.pipeline().addLast(initializer);
        connection.connections().adopting();
        // What cannot be registered Netty closes by itself.
        var _ = group.register(channel).addListener(_ -> {
            connection.connections().adopted();
            // The client was gone before: such a channel never becomes active, and nobody else would close it.
            if (!channel.isActive()) {
                var _ = channel.close();
            }
        });
        return channel;
    }

    private static Channel channel(WorkerConnection connection) {
        boolean unix = connection.listenerAddress() instanceof UnixDomainSocketAddress;
        int number = connection.descriptor().release();
        try {
            return unix ? new EpollDomainSocketChannel(number) : new EpollSocketChannel(number);
        } catch (RuntimeException | Error failure) {
            try (var _ = Fd.adopt(number)) {
                connection.ended();
            }
            throw failure;
        }
    }
}
