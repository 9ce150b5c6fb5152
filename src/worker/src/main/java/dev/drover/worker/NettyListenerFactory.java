package dev.drover.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.posix.Fd;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Makes the one Netty channel of a listener. Apart from [WorkerListener] so that a worker without Netty on its
/// class path can use the JDK's way.
final class NettyListenerFactory implements ChannelFactory<ServerChannel> {
    private final WorkerListener listener;
    private final Fd descriptor;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private @Nullable Gate made;

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
        lock.lock();
        try {
            if (!descriptor.isOpen()) {
                throw new IllegalStateException(
                        "cannot make a channel of " + listener + ": there was one, or the pool has it no more");
            }
            made = new Gate(channel());
            return made.shut();
        } finally {
            lock.unlock();
        }
    }

    private ServerChannel channel() {
        // Neither channel deletes or shuts down what it has not bound itself. The Unix one must be told that it is
        // active, or it never accepts; the other asks the socket.
        return listener.address() instanceof UnixDomainSocketAddress
                ? new EpollServerDomainSocketChannel(descriptor.release(), true)
                : new EpollServerSocketChannel(descriptor.release());
    }

    /// Closes the channel once it has accepted what waits, or lets none be made.
    ///
    /// @param done runs when that has happened
    void close(Runnable done) {
        var gate = closeUnlessMade();
        if (gate == null) {
            done.run();
        } else {
            gate.close(done);
        }
    }

    private @Nullable Gate closeUnlessMade() {
        lock.lock();
        try {
            if (made == null) {
                descriptor.close();
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    /// Keeps a channel from accepting before the worker is ready: what comes earlier waits in the queue.
    private final class Gate extends ChannelInboundHandlerAdapter {
        private final ServerChannel channel;
        private final LastAccepts lastAccepts = new LastAccepts();

        Gate(ServerChannel channel) {
            this.channel = channel;
        }

        ServerChannel shut() {
            channel.config().setAutoRead(false);
            channel.pipeline().addFirst(this);
            listener.whenReady(() -> {
                // Not registered yet: it looks by itself once it is.
                if (channel.isRegistered()) {
                    channel.eventLoop().execute(this::openWhenReady);
                }
            });
            return channel;
        }

        private void closeNow() {
            var _ = channel.close();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object connection) {
            lastAccepts.accepted();
            context.fireChannelRead(connection);
        }

        void close(Runnable done) {
            var _ = channel.closeFuture().addListener(_ -> done.run());
            if (channel.isRegistered()) {
                lastAccepts.awaitNone(channel.eventLoop(), this::closeNow);
            } else {
                // It has accepted nothing, or is closed already.
                channel.unsafe().closeForcibly();
            }
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
