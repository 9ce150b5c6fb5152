package dev.drover.supervisor;

import dev.drover.handoff.ConnectionFrame;
import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import dev.drover.supervisor.socket.PoolSocket;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The listener of a Dispatched socket, open or shut. A shut one leaves its clients to the kernel's queue. Belongs
/// to the loop.
final class Door implements AutoCloseable {
    private static final Set<Poller.Interest> OPEN = Set.of(Poller.Interest.READABLE);

    private final int number;
    private final PoolSocket socket;
    private final ConnectionFrame frame;
    private final Poller.Registration registration;
    private boolean open;
    private boolean resting;

    /// @param number among the Dispatched sockets of the pool
    /// @param knock runs when somebody waits at the open door
    Door(int number, PoolSocket socket, Poller poller, Consumer<Door> knock) {
        this.number = number;
        this.socket = socket;
        this.frame = new ConnectionFrame(socket.spec().name(), socket.address());
        this.registration = poller.add(socket.listener(0).fd(), Set.of(), _ -> knock.accept(this));
    }

    int number() {
        return number;
    }

    String name() {
        return socket.spec().name();
    }

    boolean isOf(PoolSocket other) {
        return socket == other;
    }

    ConnectionFrame frame() {
        return frame;
    }

    /// The next who waits.
    Optional<Fd> accept() {
        return socket.listener(0).acceptDescriptor();
    }

    boolean isOpen() {
        return open;
    }

    /// Changing it costs a system call.
    void set(boolean wanted) {
        if (wanted != open) {
            open = wanted;
            registration.change(wanted ? OPEN : Set.of());
        }
    }

    /// Whether it is left alone for a while, because accepting has failed.
    boolean isResting() {
        return resting;
    }

    void rest(boolean rests) {
        resting = rests;
        if (rests) {
            set(false);
        }
    }

    /// To be called before its socket is closed.
    @Override
    public void close() {
        registration.cancel();
    }
}
