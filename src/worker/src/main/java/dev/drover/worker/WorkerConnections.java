package dev.drover.worker;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandoffException;
import dev.drover.handoff.Received;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The connections of Dispatched sockets: who takes them, and whether any are taken at all. Thread-safe; [#take]
/// is for whoever receives.
final class WorkerConnections implements AutoCloseable {
    /// How long a drain waits for handlers and event loops that have just been given a connection: they have no
    /// reason to take longer, and one that is stuck must not hold up the rest.
    private static final Duration SETTLE_BOUND = Duration.ofSeconds(5);

    /// Failures of handlers told: one a second, because clients decide how often there is one.
    private static final long LOG_INTERVAL_NANOS = 1_000_000_000;

    /// More than can be under way, so that the sum is below zero.
    private static final int REFUSING = Integer.MIN_VALUE / 2;

    private final HandleClient handles;
    private final List<String> sockets;
    private final Map<String, ConnectionHandler> handlers = new ConcurrentHashMap<>();
    private final EndedConnections ended;

    /// Published by the program to whoever receives.
    private volatile @Nullable ConnectionHandler others;

    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
    private final CountDownLatch settled = new CountDownLatch(1);

    /// Connections acknowledged that their server may not know yet; less by [#REFUSING] from the drain on.
    private final AtomicInteger underWay = new AtomicInteger();

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
        // A Dispatched socket may come later.
        ended.start();
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

    /// A connection that is about to be acknowledged.
    private record Accepted(WorkerConnection connection, ConnectionHandler handler) {}

    /// Acknowledges before anybody can read, all with one frame, then hands over one by one. A transfer of which
    /// nobody takes a part is refused whole, so that another worker gets it.
    ///
    /// @param transfers of connections, at most [dev.drover.handoff.HandoffLimits#MAX_ACKNOWLEDGED]
    /// @return how many connections were taken over
    int take(List<Received.Transferred> transfers) {
        var accepted = new ArrayList<Accepted>();
        var transferIds = new ArrayList<Long>(transfers.size());
        for (var transfer : transfers) {
            var why = accept(transfer.handles(), accepted);
            if (why.isEmpty()) {
                transferIds.add(transfer.transferId());
            } else {
                refuse(transfer, why);
            }
        }
        if (transferIds.isEmpty() || !acknowledge(transferIds, accepted)) {
            return 0;
        }
        accepted.forEach(this::hand);
        return accepted.size();
    }

    /// All of them or none.
    ///
    /// @return why it does not take them; empty when it does
    private String accept(List<Handle> connections, List<Accepted> accepted) {
        for (var handle : connections) {
            if (handle.kind() != HandleKind.CONNECTION) {
                return "this worker takes connections and listeners apart";
            }
            if (handler(handle) == null) {
                return "nobody takes connections of " + handle.socketName();
            }
        }
        if (!begin(connections.size())) {
            return "this worker drains";
        }
        for (var handle : connections) {
            accepted.add(new Accepted(new WorkerConnection(handle, this), Objects.requireNonNull(handler(handle))));
        }
        return "";
    }

    private @Nullable ConnectionHandler handler(Handle connection) {
        return handlers.getOrDefault(connection.socketName(), others);
    }

    /// Without an acknowledgement the connections are still the master's, and must not be read.
    ///
    /// @return false when the master is gone
    private boolean acknowledge(List<Long> transferIds, List<Accepted> accepted) {
        try {
            handles.acknowledge(transferIds);
            return true;
        } catch (HandoffException gone) {
            for (var one : accepted) {
                one.connection().descriptor().close();
                adopted();
            }
            notAnswered(gone);
            return false;
        }
    }

    /// The master is gone, which the next look at its socket tells.
    private static void notAnswered(HandoffException gone) {
        System.getLogger(WorkerConnections.class.getName())
                .log(System.Logger.Level.DEBUG, "A transfer was not answered", gone);
    }

    private void hand(Accepted accepted) {
        try {
            hand(accepted.connection(), accepted.handler());
        } finally {
            adopted();
        }
    }

    private void hand(WorkerConnection connection, ConnectionHandler handler) {
        try {
            handler.take(connection);
            if (connection.closeUnlessTaken()) {
                log("A connection was closed, because its handler did not take it: " + connection, null);
            }
        } catch (Exception | Error failure) {
            // Whatever it is: the next client is served all the same.
            connection.closeUnlessTaken();
            log("A handler failed to take a connection: " + connection, failure);
        }
    }

    private void log(String what, @Nullable Throwable failure) {
        long now = System.nanoTime();
        long next = nextLogNanos.get();
        if (now - next >= 0 && nextLogNanos.compareAndSet(next, now + LOG_INTERVAL_NANOS)) {
            System.getLogger(WorkerConnections.class.getName()).log(System.Logger.Level.ERROR, what, failure);
        }
    }

    private void refuse(Received.Transferred transfer, String why) {
        transfer.handles().forEach(handle -> handle.descriptor().close());
        try {
            handles.refuse(transfer.transferId(), why);
        } catch (HandoffException gone) {
            notAnswered(gone);
        }
    }

    /// False once this worker drains.
    private boolean begin(int connections) {
        if (underWay.getAndAdd(connections) >= 0) {
            return true;
        }
        settle(connections);
        return false;
    }

    /// A connection is being handed to an event loop: there is one under way, so no drain can have begun without
    /// knowing.
    void adopting() {
        underWay.getAndIncrement();
    }

    /// Its server knows it now.
    void adopted() {
        settle(1);
    }

    private void settle(int connections) {
        if (underWay.addAndGet(-connections) == REFUSING) {
            settled.countDown();
        }
    }

    /// Takes no further connection. Once.
    void refuseFromNowOn() {
        if (underWay.addAndGet(REFUSING) == REFUSING) {
            settled.countDown();
        }
    }

    /// Waits, after [#refuseFromNowOn], until every connection that was acknowledged is known to its server.
    void awaitSettled() {
        try {
            if (!settled.await(SETTLE_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                log("A handler or an event loop did not take a connection before the drain", null);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
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
