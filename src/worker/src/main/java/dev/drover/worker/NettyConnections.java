package dev.drover.worker;

import dev.drover.posix.Fd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.NotYetConnectedException;

/// Makes Netty's channels of connections. Apart from [WorkerConnection] so that a worker without Netty on its class
/// path can use the JDK's way.
final class NettyConnections {
    private static final ChannelHandler END_FOR_ALL = new EndForAll();

    private NettyConnections() {}

    /// Ends the output of a connection before it is closed. The master has its descriptor too until it has read the
    /// acknowledgement, and as long as anybody has, a close tells the client nothing: how long it waits for the end
    /// would depend on how busy the master is.
    @ChannelHandler.Sharable
    private static final class EndForAll extends ChannelOutboundHandlerAdapter {
        /// Without the look for the annotation, which is made for every pipeline.
        @Override
        public boolean isSharable() {
            return true;
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            if (context.channel().isActive() && ((UnixChannel) context.channel()).fd() instanceof Socket socket) {
                try {
                    socket.shutdown(false, true);
                } catch (IOException | NotYetConnectedException _) {
                    // The client was quicker.
                }
            }
            var _ = context.close(promise);
        }
    }

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
        var _ = channel.closeFuture().addListener(new Ended(connection));
        // Named here, because Netty looks through the pipeline to make a name up.
        channel.pipeline().addLast("drover-end", END_FOR_ALL).addLast(initializer);
        connection.connections().adopting();
        // What cannot be registered Netty closes by itself.
        var _ = group.register(channel).addListener(new Adopted(connection));
        return channel;
    }

    // No lambdas: these are made for every connection, and what a lambda captures costs more to allocate.

    private record Ended(WorkerConnection connection) implements ChannelFutureListener {
        @Override
        public void operationComplete(ChannelFuture closed) {
            connection.ended();
        }
    }

    private record Adopted(WorkerConnection connection) implements ChannelFutureListener {
        @Override
        public void operationComplete(ChannelFuture registered) {
            connection.connections().adopted();
            // The client was gone before: such a channel never becomes active, and nobody else would close it.
            if (!registered.channel().isActive()) {
                var _ = registered.channel().close();
            }
        }
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
