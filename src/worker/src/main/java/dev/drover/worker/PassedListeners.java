package dev.drover.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.Received;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Listeners that this worker gets while it runs: of sockets that its pool has got, and those that the parent passes.
/// Thread-safe; [#take] is for the thread that
/// receives.
final class PassedListeners implements AutoCloseable {
    private final HandleClient handles;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<WorkerListener> taken = new ArrayList<>();

    @GuardedBy("lock")
    private @Nullable Consumer<WorkerListener> handler;

    @GuardedBy("lock")
    private boolean ready;

    PassedListeners(HandleClient handles) {
        this.handles = handles;
    }

    void register(Consumer<WorkerListener> next) {
        lock.lock();
        try {
            if (handler != null) {
                throw new IllegalStateException("cannot take listeners: somebody does already");
            }
            handler = next;
        } finally {
            lock.unlock();
        }
    }

    /// Acknowledges before anybody can accept, then hands over; or refuses, so that they stay the parent's.
    void take(Received.Transferred transfer) {
        var next = handler();
        if (next == null) {
            transfer.handles().forEach(handle -> handle.descriptor().close());
            handles.refuse(transfer.transferId(), "this worker takes no listeners: it has no onListener");
            return;
        }
        var listeners = transfer.handles().stream().map(WorkerListener::new).toList();
        handles.acknowledge(transfer.transferId());
        for (var listener : listeners) {
            hand(listener, next);
        }
    }

    /// Those that are wanted back are kept no more: they are the caller's to close.
    List<WorkerListener> release(String socketName, SocketAddress address) {
        lock.lock();
        try {
            var released = taken.stream()
                    .filter(listener -> listener.is(socketName, address))
                    .toList();
            taken.removeAll(released);
            return released;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Consumer<WorkerListener> handler() {
        lock.lock();
        try {
            return handler;
        } finally {
            lock.unlock();
        }
    }

    private void hand(WorkerListener listener, Consumer<WorkerListener> next) {
        if (keep(listener)) {
            listener.becomeReady();
        }
        try {
            next.accept(listener);
        } catch (RuntimeException | Error failure) {
            System.getLogger(PassedListeners.class.getName())
                    .log(System.Logger.Level.ERROR, "A handler failed to take " + listener, failure);
            listener.closeUnlessTaken();
        }
    }

    /// @return whether the worker is ready
    private boolean keep(WorkerListener listener) {
        lock.lock();
        try {
            taken.add(listener);
            return ready;
        } finally {
            lock.unlock();
        }
    }

    /// The worker serves: what it was passed before that accepts from now on.
    void becomeReady() {
        lock.lock();
        try {
            ready = true;
            taken.forEach(WorkerListener::becomeReady);
        } finally {
            lock.unlock();
        }
    }

    /// Closes those that nobody took.
    @Override
    public void close() {
        lock.lock();
        try {
            taken.forEach(WorkerListener::closeUnlessTaken);
        } finally {
            lock.unlock();
        }
    }
}
