package dev.drover.worker;

import dev.drover.handoff.Handle;
import dev.drover.posix.Connection;
import dev.drover.posix.Fd;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoopGroup;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/// A client's connection that the master has accepted and given to this worker, which has acknowledged it: it is
/// this worker's alone.
///
/// It is taken once, in one of the ways below, by the [ConnectionHandler] it was given to, and then belongs to the
/// channel that took it. Thread-safe.
public final class WorkerConnection {
    private final Handle handle;
    private final WorkerConnections connections;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean ended = new AtomicBoolean();

    WorkerConnection(Handle handle, WorkerConnections connections) {
        this.handle = handle;
        this.connections = connections;
    }

    /// The pool's name of the socket it came to.
    public String socketName() {
        return handle.socketName();
    }

    /// This end: an [java.net.InetSocketAddress] or a [java.net.UnixDomainSocketAddress]. To be asked for before
    /// it is taken; the channel tells it afterwards.
    public SocketAddress localAddress() {
        return Connection.localAddress(descriptor());
    }

    /// The client, of a Unix socket mostly without a path; empty when it is gone already. To be asked for before
    /// it is taken; the channel tells it afterwards.
    public Optional<SocketAddress> remoteAddress() {
        return Connection.peerAddress(descriptor());
    }

    /// Takes it for Netty's epoll transport: makes its channel and registers that with the group.
    ///
    ///     worker.onConnection("http", connection -> connection.nettyChannel(group, new ChannelInitializer<>() {
    ///         protected void initChannel(Channel channel) {
    ///             channel.pipeline().addLast(new HttpServerCodec());
    ///             drain.addTo(channel.pipeline());
    ///             channel.pipeline().addLast(new MyHandler());
    ///         }
    ///     }));
    ///
    /// A drain begins only when the initializer has run, so that the connection is known to [HttpDrain] by then.
    ///
    /// @param initializer added to the pipeline; not shared, or sharable
    /// @return the channel, which may not be registered yet
    /// @throws IllegalStateException when it is taken already
    /// @throws WorkerException when the transport is not available; it is then not taken
    public Channel nettyChannel(EventLoopGroup group, ChannelHandler initializer) {
        NettyConnections.checkAvailable(this);
        take();
        return NettyConnections.open(this, group, initializer);
    }

    /// Takes it as a channel of the JDK, in blocking mode as any new one; `socket()` gives the classic `Socket`.
    /// Needs `--add-opens=java.base/sun.nio.ch=ALL-UNNAMED`. That it has ended is noticed within a tenth of a
    /// second of its `close()`.
    ///
    /// Call `shutdownOutput()` before `close()`: the master has the connection too until it has read the
    /// acknowledgement, and a close alone would be seen by the client only then.
    ///
    /// @throws IllegalStateException when it is taken already
    /// @throws WorkerException when the flag is missing; it is then not taken
    public SocketChannel socketChannel() {
        var constructor = JdkChannels.connectionConstructor();
        take();
        var remote = remoteAddress().orElse(null);
        var channel = JdkChannels.connected(constructor, listenerAddress(), remote, descriptor());
        connections.watch(channel, this);
        return channel;
    }

    /// Where the master accepted it.
    SocketAddress listenerAddress() {
        return handle.address();
    }

    Fd descriptor() {
        return handle.descriptor();
    }

    WorkerConnections connections() {
        return connections;
    }

    private void take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("cannot take " + this + ": it was taken before");
        }
    }

    /// Ends it when nobody has taken it, also for the master, which has it too until it has read the acknowledgement.
    ///
    /// @return false when somebody has
    boolean closeUnlessTaken() {
        if (!taken.compareAndSet(false, true)) {
            return false;
        }
        try (var descriptor = descriptor()) {
            Connection.shutdown(descriptor);
        } finally {
            ended();
        }
        return true;
    }

    /// It is closed; said again it changes nothing.
    void ended() {
        if (ended.compareAndSet(false, true)) {
            connections.ended();
        }
    }

    @Override
    public String toString() {
        return "connection of " + socketName();
    }
}
