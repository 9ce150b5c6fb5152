package dev.drover.worker;

import dev.drover.posix.Fd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.UnixDomainSocketAddress;

/// Makes the one Netty channel of a listener. Apart from [WorkerListener] so that a worker without Netty on its
/// class path can use the JDK's way.
final class NettyListenerFactory implements ChannelFactory<ServerChannel> {
    private final WorkerListener listener;
    private final Fd descriptor;

    NettyListenerFactory(WorkerListener listener, Fd descriptor) {
        this.listener = listener;
        this.descriptor = descriptor;
    }

    @Override
    public ServerChannel newChannel() {
        if (!Epoll.isAvailable()) {
            throw new WorkerException(
                    "cannot take " + listener + " for Netty: its epoll transport is not available",
                    Epoll.unavailabilityCause());
        }
        if (!descriptor.isOpen()) {
            throw new IllegalStateException("cannot make a second channel of " + listener);
        }
        // Neither channel deletes or shuts down what it has not bound itself. The Unix one must be told that it is
        // active, or it never accepts; the other asks the socket.
        ServerChannel channel = listener.address() instanceof UnixDomainSocketAddress
                ? new EpollServerDomainSocketChannel(descriptor.release(), true)
                : new EpollServerSocketChannel(descriptor.release());
        new Gate(channel).shut();
        return channel;
    }

    /// Keeps a channel from accepting before the worker is ready: what comes earlier waits in the queue.
    private final class Gate extends ChannelInboundHandlerAdapter {
        private final Channel channel;

        Gate(Channel channel) {
            this.channel = channel;
        }

        void shut() {
            channel.config().setAutoRead(false);
            channel.pipeline().addFirst(this);
            listener.whenReady(() -> {
                // Not registered yet: it looks by itself once it is.
                if (channel.isRegistered()) {
                    channel.eventLoop().execute(this::openWhenReady);
                }
            });
        }

        private void openWhenReady() {
            if (listener.isReady() && channel.isActive()) {
                channel.config().setAutoRead(true);
            }
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.fireChannelActive();
            openWhenReady();
        }
    }
}
