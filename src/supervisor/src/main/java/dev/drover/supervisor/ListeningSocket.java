package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.posix.Fd;
import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.socket.PoolSocket;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A socket that the embedding program opened: what `net.createServer().listen()` is in Node. It can be passed to
/// workers ([ForkedWorker#pass(ListeningSocket)]), and the program can accept beside them. Any thread.
public final class ListeningSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ListeningSocket.class);

    /// Connections accepted in one turn of the loop: everybody else's share of it.
    private static final int MAX_ACCEPTS_PER_TURN = 64;

    /// How long nothing is accepted when that has failed, as without a free descriptor.
    private static final Duration REST = Duration.ofMillis(100);

    private final Loop loop;
    private final PoolSocket socket;
    private final Consumer<ListeningSocket> whenClosed;
    private Optional<Poller.Registration> accepting = Optional.empty();

    /// Written by the loop.
    private volatile boolean closed;

    /// @param whenClosed runs on the loop
    ListeningSocket(Loop loop, PoolSocket socket, Consumer<ListeningSocket> whenClosed) {
        this.loop = loop;
        this.socket = socket;
        this.whenClosed = whenClosed;
    }

    /// The name under which workers get it.
    public String name() {
        return socket.spec().name();
    }

    /// Where it listens, with the port the kernel chose.
    public SocketAddress address() {
        return socket.address();
    }

    /// For a `ServerBootstrap` of the program's own, beside the workers: give it to `channelFactory` and call
    /// `register()`, for it is bound already. Each channel has a descriptor of its own, which it closes.
    public ChannelFactory<ServerChannel> nettyChannelFactory() {
        return () -> {
            var descriptor = duplicate();
            return socket.address() instanceof UnixDomainSocketAddress
                    ? new EpollServerDomainSocketChannel(descriptor.release(), true)
                    : new EpollServerSocketChannel(descriptor.release());
        };
    }

    private Fd duplicate() {
        return open().fd().duplicate();
    }

    private Listener open() {
        if (closed) {
            throw new IllegalStateException("cannot use " + this + ": it is closed");
        }
        return socket.listener(0);
    }

    /// Accepts from now on, and gives every connection to the handler, which is called on the supervisor's loop and
    /// must not block, nor wait for the supervisor: it passes it to a worker, or serves or closes it.
    ///
    /// @throws IllegalStateException when there is a handler already
    public void onConnection(Consumer<ParentConnection> handler) {
        loop.ask(
                () -> {
                    if (accepting.isPresent() || closed) {
                        throw new IllegalStateException(
                                "cannot accept from " + this + ": somebody does, or it is closed");
                    }
                    accepting = Optional.of(loop.poller()
                            .add(socket.listener(0).fd(), Set.of(Poller.Interest.READABLE), _ -> acceptSome(handler)));
                    return true;
                },
                Supervisor.ANSWER_BOUND);
    }

    private void acceptSome(Consumer<ParentConnection> handler) {
        try {
            for (int i = 0; i < MAX_ACCEPTS_PER_TURN && !closed; i++) {
                var connection = socket.listener(0).accept();
                if (connection.isEmpty()) {
                    return;
                }
                give(new ParentConnection(name(), connection.get()), handler);
            }
        } catch (PosixException failure) {
            LOG.warn("Connections wait socket={}: {}", name(), failure.getMessage());
            accepting.ifPresent(registration -> registration.change(Set.of()));
            loop.after(REST, this::acceptAgain);
        }
    }

    private void acceptAgain() {
        if (!closed) {
            accepting.ifPresent(registration -> registration.change(Set.of(Poller.Interest.READABLE)));
        }
    }

    private static void give(ParentConnection connection, Consumer<ParentConnection> handler) {
        try {
            handler.accept(connection);
        } catch (RuntimeException | Error failure) {
            LOG.error("A handler of connections has failed", failure);
            connection.close();
        }
    }

    /// @throws IllegalStateException when it is closed
    Handle handle() {
        return new Handle(HandleKind.LISTENER, name(), address(), socket.spec().backlog(), open().fd());
    }

    /// Accepts no more and closes the program's own descriptor: workers to whom it was passed accept on. Where
    /// there is none, who waits in its queue is reset. A Unix socket's path is removed: nobody can connect then.
    /// Idempotent.
    @Override
    public void close() {
        loop.post(this::closeOnLoop);
    }

    void closeOnLoop() {
        if (!closed) {
            closed = true;
            accepting.ifPresent(Poller.Registration::cancel);
            socket.close();
            whenClosed.accept(this);
        }
    }

    @Override
    public String toString() {
        return "socket " + name() + " at " + address();
    }
}
