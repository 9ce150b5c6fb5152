package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.posix.Connection;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.atomic.AtomicReference;

/// A connection that the embedding program accepted and nobody has read from. It is passed to a worker
/// ([ForkedWorker#pass(ParentConnection)]), served by the program itself, or closed. Any thread.
public final class ParentConnection implements AutoCloseable {
    private final String socketName;
    private final Connection connection;
    private final AtomicReference<State> state = new AtomicReference<>(State.OURS);

    /// Whose it is: never two may answer.
    private enum State {
        OURS("it is the program's own"),
        BEING_PASSED("it is being passed"),
        GIVEN_AWAY("it was given away"),
        CLOSED("it is closed");

        private final String words;

        State(String words) {
            this.words = words;
        }
    }

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
    ///
    /// @throws IllegalStateException when it is closed, passed, or being passed
    public Channel nettyChannel() {
        move(State.OURS, State.GIVEN_AWAY);
        return connection.peerAddress() instanceof UnixDomainSocketAddress
                ? new EpollDomainSocketChannel(connection.fd().release())
                : new EpollSocketChannel(connection.fd().release());
    }

    /// @throws IllegalStateException when it is closed, passed, or being passed
    Handle beginPass() {
        move(State.OURS, State.BEING_PASSED);
        return new Handle(HandleKind.CONNECTION, socketName, connection.localAddress(), 0, connection.fd());
    }

    /// @param taken whether the worker has it, or it is ours again
    void endPass(boolean taken) {
        if (taken) {
            connection.close();
            move(State.BEING_PASSED, State.GIVEN_AWAY);
        } else {
            move(State.BEING_PASSED, connection.fd().isOpen() ? State.OURS : State.CLOSED);
        }
    }

    private void move(State from, State to) {
        if (!state.compareAndSet(from, to)) {
            throw new IllegalStateException("cannot use " + this + ": " + state.get().words);
        }
    }

    /// Ends it, unless a worker has it. One that is being passed is the worker's alone, who may not get it any more.
    /// Idempotent.
    @Override
    public void close() {
        connection.close();
        state.compareAndSet(State.OURS, State.CLOSED);
    }

    @Override
    public String toString() {
        return "connection of " + socketName + " with " + connection.peerAddress();
    }
}
