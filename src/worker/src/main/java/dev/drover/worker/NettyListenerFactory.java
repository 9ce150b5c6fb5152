package dev.drover.worker;

import dev.drover.posix.Fd;
import io.netty.channel.ChannelFactory;
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
        return listener.address() instanceof UnixDomainSocketAddress
                ? new EpollServerDomainSocketChannel(descriptor.release(), true)
                : new EpollServerSocketChannel(descriptor.release());
    }
}
