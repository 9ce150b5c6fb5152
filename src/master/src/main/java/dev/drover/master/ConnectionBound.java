package dev.drover.master;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Bounds the connections that one TCP address of the master holds, each of which costs a descriptor: a further one
/// takes the place of the one that is open longest among those that have said nothing, else among all. So probes get
/// in whatever strangers hold.
///
/// Quarkus' own limit counts a connection only once it has said what it speaks, and has none for the management
/// address. Unix sockets are not bounded: whoever can open one may do everything.
///
/// Called by the loop that accepts; connections end on their own loop.
@Sharable
final class ConnectionBound extends ChannelInboundHandlerAdapter {
    /// Of the control address, and of the management address.
    static final int MAX_CONNECTIONS = 512;

    private final int max;

    // In the order in which they came. Guarded by this.
    private final Set<Channel> silent = new LinkedHashSet<>();
    private final Set<Channel> speaking = new LinkedHashSet<>();

    /// @param max connections at once
    ConnectionBound(int max) {
        this.max = max;
    }

    /// Bounds each TCP address that a group of loops accepts for. Those accepted before are not counted.
    static void apply(EventLoopGroup acceptors) {
        acceptors.forEach(executor -> {
            if (executor instanceof SingleThreadEventLoop loop) {
                loop.execute(() -> apply(loop.registeredChannelsIterator()));
            }
        });
    }

    private static void apply(Iterator<Channel> servers) {
        servers.forEachRemaining(server -> {
            if (server.localAddress() instanceof InetSocketAddress) {
                server.pipeline().addFirst(new ConnectionBound(MAX_CONNECTIONS));
            }
        });
    }

    /// A connection has been accepted.
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof Channel connection) {
            add(connection).ifPresent(oldest -> {
                var _ = oldest.close();
            });
            connection.pipeline().addFirst(new FirstWord());
            var _ = connection.closeFuture().addListener(_ -> remove(connection));
        }
        super.channelRead(context, message);
    }

    /// @return the one that has to go
    private synchronized Optional<Channel> add(Channel connection) {
        Optional<Channel> oldest = silent.size() + speaking.size() < max
                ? Optional.empty()
                : Stream.of(silent, speaking).flatMap(Set::stream).findFirst();
        oldest.ifPresent(this::remove);
        silent.add(connection);
        return oldest;
    }

    private synchronized void speaks(Channel connection) {
        if (silent.remove(connection)) {
            speaking.add(connection);
        }
    }

    private synchronized void remove(Channel connection) {
        silent.remove(connection);
        speaking.remove(connection);
    }

    /// Hears the first that a connection says.
    private final class FirstWord extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            speaks(context.channel());
            // Before it is handed on: a protocol that is upgraded puts its own handlers in the place of all.
            context.pipeline().remove(this);
            super.channelRead(context, message);
        }
    }
}
