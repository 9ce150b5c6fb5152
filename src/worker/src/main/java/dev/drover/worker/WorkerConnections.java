package dev.drover.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.Received;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The connections of Dispatched sockets: who takes them, and whether any are taken at all. Thread-safe; [#take]
/// is for the thread that receives.
final class WorkerConnections implements AutoCloseable {
    /// How long a drain waits for handlers and event loops that have just been given a connection: they have no
    /// reason to take longer, and one that is stuck must not hold up the rest.
    private static final Duration SETTLE_BOUND = Duration.ofSeconds(5);

    /// Failures of handlers told: one a second, because clients decide how often there is one.
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000;

    private final HandleClient handles;
    private final List<String> sockets;
    private final Map<String, ConnectionHandler> handlers = new ConcurrentHashMap<>();
    private final EndedConnections ended;

    /// Published by the program to the thread that receives.
    private volatile @Nullable ConnectionHandler others;

    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition settled = lock.newCondition();

    @GuardedBy("lock")
    private boolean refusing;

    /// Connections acknowledged that their server may not know yet.
    @GuardedBy("lock")
    private int underWay;

    /// @param sockets names of the Dispatched sockets
    WorkerConnections(HandleClient handles, List<String> sockets) {
        this.handles = handles;
        this.sockets = List.copyOf(sockets);
        this.ended = new EndedConnections(handles);
        if (!sockets.isEmpty()) {
            ended.start();
        }
    }

    List<String> sockets() {
        return sockets;
    }

    void register(String socketName, ConnectionHandler handler) {
        if (!sockets.contains(socketName)) {
            throw new WorkerException("cannot take connections of " + socketName
                    + ": the pool has no Dispatched socket of that name; it has " + sockets);
        }
        if (handlers.putIfAbsent(socketName, handler) != null) {
            throw new IllegalStateException("cannot take connections of " + socketName + ": somebody does already");
        }
    }

    /// Of sockets that have no handler of their own.
    void registerOthers(ConnectionHandler handler) {
        others = handler;
    }

    /// @throws WorkerException naming the sockets whose connections nobody takes
    void checkComplete() {
        var missing =
                sockets.stream().filter(name -> !handlers.containsKey(name)).toList();
        if (!missing.isEmpty() && others == null) {
            throw new WorkerException("cannot be ready: nobody takes the connections of " + String.join(", ", missing)
                    + ", which the master dispatches; call onConnection for each before ready()");
        }
    }

    /// Acknowledges before anybody can read, then hands over; or refuses, so that another worker gets it.
    void take(Received.Transferred transfer) {
        var handle = transfer.handles().getFirst();
        if (transfer.handles().size() > 1 || handle.kind() != HandleKind.CONNECTION) {
            refuse(transfer, "this worker takes connections one by one");
            return;
        }
        var handler = handlers.getOrDefault(handle.socketName(), others);
        if (handler == null) {
            refuse(transfer, "nobody takes connections of " + handle.socketName());
        } else if (!begin()) {
            refuse(transfer, "this worker drains");
        } else {
            try {
                acknowledge(transfer);
                hand(new WorkerConnection(handle, this), handler);
            } finally {
                adopted();
            }
        }
    }

    /// Without an acknowledgement the connection is still the master's, and must not be read.
    private void acknowledge(Received.Transferred transfer) {
        try {
            handles.acknowledge(transfer.transferId());
        } catch (RuntimeException failure) {
            close(transfer);
            throw failure;
        }
    }

    private void hand(WorkerConnection connection, ConnectionHandler handler) {
        try {
            handler.take(connection);
            if (connection.closeUnlessTaken()) {
                log("A connection was closed, because its handler did not take it", connection, null);
            }
        } catch (Exception | Error failure) {
            // Whatever it is: the next client is served all the same.
            connection.closeUnlessTaken();
            log("A handler failed to take a connection", connection, failure);
        }
    }

    private void log(String what, WorkerConnection connection, @Nullable Throwable failure) {
        long now = System.nanoTime();
        long next = nextLogNanos.get();
        if (now - next >= 0 && nextLogNanos.compareAndSet(next, now + LOG_INTERVAL_NANOS)) {
            System.getLogger(WorkerConnections.class.getName())
                    .log(System.Logger.Level.ERROR, what + ": " + connection, failure);
        }
    }

    private void refuse(Received.Transferred transfer, String why) {
        close(transfer);
        handles.refuse(transfer.transferId(), why);
    }

    private static void close(Received.Transferred transfer) {
        transfer.handles().forEach(handle -> handle.descriptor().close());
    }

    /// False once this worker drains.
    private boolean begin() {
        lock.lock();
        try {
            underWay += refusing ? 0 : 1;
            return !refusing;
        } finally {
            lock.unlock();
        }
    }

    /// A connection is being handed to an event loop.
    void adopting() {
        lock.lock();
        try {
            underWay++;
        } finally {
            lock.unlock();
        }
    }

    /// Its server knows it now.
    void adopted() {
        lock.lock();
        try {
            underWay--;
            if (underWay == 0) {
                settled.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Takes no further connection.
    void refuseFromNowOn() {
        lock.lock();
        try {
            refusing = true;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until every connection that was acknowledged is known to its server.
    void awaitSettled() {
        lock.lock();
        try {
            long left = SETTLE_BOUND.toNanos();
            while (underWay > 0 && left > 0) {
                left = settled.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void ended() {
        // A worker without Dispatched sockets need not tell: nobody chooses by what it has.
        if (!sockets.isEmpty()) {
            ended.ended();
        }
    }

    void watch(SocketChannel channel, WorkerConnection connection) {
        ended.watch(channel, connection);
    }

    /// Tells of no further end. What was taken serves on.
    @Override
    public void close() {
        ended.close();
    }
}
