package dev.drover.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.handoff.Handle;
import dev.drover.posix.Fd;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// A listening socket the master gave to this worker, bound and listening already.
///
/// It is taken once, in one of the ways below, and then belongs to the channel that took it: closing the channel
/// closes this process' descriptor only, the master keeps its own and no client is refused. Never shut the socket
/// down: that would end it for every holder.
///
/// When the pool has the socket no more, its channel is closed once it has accepted what waits in its queue; one of the
/// JDK is closed at once, and its `accept` throws a `ClosedChannelException`. Connections live on. Thread-safe.
public final class WorkerListener {
    private final String socketName;
    private final SocketAddress address;
    private final int backlog;
    private final Fd descriptor;
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicBoolean ready = new AtomicBoolean();
    private final List<Runnable> whenReady = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();

    /// How whoever has taken it closes it, and tells when that is done.
    @GuardedBy("lock")
    private Consumer<Runnable> closing = Runnable::run;

    WorkerListener(Handle handle) {
        this(handle.socketName(), handle.address(), handle.backlog(), handle.descriptor());
    }

    private WorkerListener(String socketName, SocketAddress address, int backlog, Fd descriptor) {
        this.socketName = socketName;
        this.address = address;
        this.backlog = backlog;
        this.descriptor = descriptor;
    }

    /// The pool's name of the socket, `http`.
    public String socketName() {
        return socketName;
    }

    /// Where it listens: an [java.net.InetSocketAddress] or a [java.net.UnixDomainSocketAddress].
    public SocketAddress address() {
        return address;
    }

    /// The backlog for a server that insists on calling `listen()` again; 0: none is prescribed.
    public int backlog() {
        return backlog;
    }

    /// Takes the listener for Netty's epoll transport: give the factory to `ServerBootstrap.channelFactory` and
    /// call `register()`, for it is bound already (`bind` would fail with EINVAL). The factory makes one channel,
    /// which accepts nothing before [Worker#ready]: what comes earlier waits.
    ///
    /// @throws IllegalStateException when the listener is taken already
    public ChannelFactory<ServerChannel> nettyChannelFactory() {
        lock.lock();
        try {
            take();
            var factory = new NettyListenerFactory(this, descriptor);
            closing = factory::close;
            return factory;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the listener as a channel of the JDK, in blocking mode as any new one; `socket()` gives the classic
    /// `ServerSocket`. Needs `--add-opens=java.base/sun.nio.ch=ALL-UNNAMED`. Accept after [Worker#ready]: no client
    /// is to reach a worker that is not.
    ///
    /// @throws IllegalStateException when the listener is taken already
    /// @throws WorkerException when the flag is missing; the listener is then not taken
    public ServerSocketChannel serverSocketChannel() {
        var constructor = JdkChannels.listenerConstructor();
        lock.lock();
        try {
            take();
            var channel = JdkChannels.open(constructor, address, descriptor);
            closing = done -> close(channel, done);
            return channel;
        } finally {
            lock.unlock();
        }
    }

    /// The worker is ready: channels that were made may accept.
    void becomeReady() {
        ready.set(true);
        whenReady.forEach(Runnable::run);
    }

    boolean isReady() {
        return ready.get();
    }

    void whenReady(Runnable callback) {
        whenReady.add(callback);
    }

    private void take() {
        if (!taken.compareAndSet(false, true)) {
            throw new IllegalStateException("cannot take " + this + ": it was taken before, and a second reader would"
                    + " take connections from the first");
        }
    }

    private static void close(ServerSocketChannel channel, Runnable done) {
        try {
            channel.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        done.run();
    }

    boolean is(String name, SocketAddress at) {
        return socketName.equals(name) && address.equals(at);
    }

    /// The pool has it no more: closes it, whoever has taken it.
    ///
    /// @param done runs when that has happened, on any thread
    void giveBack(Runnable done) {
        closeUnlessTaken();
        howToClose().accept(done);
    }

    private Consumer<Runnable> howToClose() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /// Closes the descriptor unless it was taken.
    void closeUnlessTaken() {
        if (taken.compareAndSet(false, true)) {
            descriptor.close();
        }
    }

    @Override
    public String toString() {
        return "listener " + socketName + " at " + address;
    }
}
