package dev.drover.handoff;

import dev.drover.posix.Fd;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The master's end of the handle socket of one worker that has joined. To be used on the loop.
public final class HandlePeer implements AutoCloseable {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final HandleServer server;
    private final HandleSocket socket;
    private final PeerEvents events;
    private final LongSupplier nanoTime;

    /// Given to the peer and not yet answered, with the connections in each; at most
    /// [HandoffLimits#MAX_OPEN_TRANSFERS].
    private final Map<Long, Integer> open = new HashMap<>();

    /// Acknowledged connections of which the peer has not said that they ended.
    private long connections;

    private long secondStart;
    private int statusFrames;
    private int endedFrames;
    private boolean ended;

    HandlePeer(HandleServer server, HandleSocket socket, PeerEvents events, LongSupplier nanoTime) {
        this.server = server;
        this.socket = socket;
        this.events = events;
        this.nanoTime = nanoTime;
        this.secondStart = nanoTime.getAsLong();
    }

    /// Answers the Join and begins. INVARIANT: the answer is the first frame of the connection.
    void begin(Verdict.Admitted admitted) {
        var answer = MasterFrames.joined(
                admitted.pool(),
                admitted.ticket(),
                admitted.transferId(),
                admitted.listeners(),
                admitted.dispatchedSockets());
        socket.readBy(this::turn);
        guarded(() -> {
            if (!socket.send(answer, admitted.listeners())) {
                end("the worker had gone before it could be answered");
                return;
            }
            open.put(admitted.transferId(), 0);
            events.joined(this);
        });
    }

    /// Gives handles to the worker, all or nothing, without waiting. Their descriptors stay the caller's, who keeps
    /// them until the worker has acknowledged.
    ///
    /// @param transferId from 1, unique for the life of the master
    /// @param handles 1 to [HandoffLimits#MAX_DESCRIPTORS]
    /// @return false, with nothing sent, when the socket is full, [HandoffLimits#MAX_OPEN_TRANSFERS] are open
    ///     or the worker is going; for the first two each answer of the worker makes room
    /// @throws IllegalArgumentException for a transfer id that is open already, or a number of handles out
    ///     of bounds
    public boolean transfer(long transferId, List<Handle> handles) {
        server.assertOnLoop();
        checkId(transferId);
        checkCount(handles.size());
        if (isFull() || !socket.send(MasterFrames.transfer(transferId, handles), handles)) {
            return false;
        }
        int connections = (int) handles.stream()
                .filter(handle -> handle.kind() == HandleKind.CONNECTION)
                .count();
        open.put(transferId, connections);
        return true;
    }

    /// The same for connections of one socket, at the least cost.
    ///
    /// @param frame of the connections' socket
    /// @param connections stay the caller's
    public boolean transfer(long transferId, ConnectionFrame frame, List<Fd> connections) {
        server.assertOnLoop();
        checkId(transferId);
        checkCount(connections.size());
        if (isFull() || !socket.send(frame, transferId, connections)) {
            return false;
        }
        open.put(transferId, connections.size());
        return true;
    }

    /// Wants a listener back that the worker was given, without waiting; it is answered as a transfer is.
    ///
    /// @param transferId from 1, unique for the life of the master
    /// @param address of the listener
    /// @return false as of [#transfer(long, List)]
    /// @throws IllegalArgumentException for a transfer id that is open already
    public boolean withdraw(long transferId, String socketName, SocketAddress address) {
        server.assertOnLoop();
        checkId(transferId);
        if (isFull() || !socket.send(MasterFrames.withdrawal(transferId, socketName, address), List.of())) {
            return false;
        }
        open.put(transferId, 0);
        return true;
    }

    private void checkId(long transferId) {
        if (transferId <= 0 || open.containsKey(transferId)) {
            throw new IllegalArgumentException("cannot transfer with id " + transferId + ": below 1 or in use");
        }
    }

    private static void checkCount(int handles) {
        if (handles == 0 || handles > HandoffLimits.MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "cannot transfer " + handles + " handles: 1 to " + HandoffLimits.MAX_DESCRIPTORS + " are allowed");
        }
    }

    private boolean isFull() {
        return ended || open.size() >= HandoffLimits.MAX_OPEN_TRANSFERS;
    }

    /// Reads what has arrived by now, without ending the connection: for whoever is about to judge the worker by what
    /// it has not said. Does nothing after the end.
    public void readArrived() {
        server.assertOnLoop();
        // Bounded: what is told may lead to further transfers, and these to further answers.
        guarded(() -> {
            for (int i = 0; i < HandoffLimits.MAX_FRAMES_ARRIVED && !ended && readFrame(); i++) {}
        });
    }

    /// Reads what a dead worker left, to the end, then tells [PeerEvents#closed]: for whoever learns of its death
    /// from elsewhere and must know what it had acknowledged. Does nothing after the end.
    ///
    /// Ends although somebody else, a child of the worker, may hold the other end.
    public void readToEnd() {
        server.assertOnLoop();
        guarded(() -> {
            // Bounded: each frame answers an open transfer or counts within a rate, or it ends the connection.
            while (!ended && readFrame()) {}
            end("the worker is dead");
        });
    }

    /// Ends the connection at once; nothing more is told of it. Idempotent.
    @Override
    public void close() {
        server.assertOnLoop();
        ended = true;
        socket.close();
        server.forget(this);
    }

    /// One frame, everybody else's share of the loop being the rest: most often there is one, and the poller, which
    /// has to be asked anyway, tells of more at less than a look for what is not there costs.
    private void turn() {
        guarded(this::readFrame);
    }

    /// False when there is nothing more to read.
    private boolean readFrame() {
        return switch (socket.receive()) {
            case HandleSocket.Arrival.Nothing _ -> false;
            case HandleSocket.Arrival.EndOfStream _ -> {
                end("the worker closed the connection");
                yield false;
            }
            case HandleSocket.Arrival.Frame(var says) -> {
                deliver(says);
                yield true;
            }
        };
    }

    private void deliver(FromWorker says) {
        switch (says) {
            case FromWorker.Acknowledged(var transferIds) -> transferIds.forEach(this::acknowledged);
            case FromWorker.Refused(var transferId, var message) -> {
                if (answered(transferId) != null) {
                    events.refused(transferId, message);
                }
            }
            case FromWorker.Ready _ -> {
                if (isWithinRate()) {
                    events.ready();
                }
            }
            case FromWorker.Draining _ -> {
                if (isWithinRate()) {
                    events.draining();
                }
            }
            case FromWorker.ConnectionsEnded(var count) -> {
                if (isBelievable(count)) {
                    events.connectionsEnded(count);
                }
            }
            case FromWorker.Join _ -> end("the worker sent a second Join");
            case FromWorker.Malformed(var _, var why) -> end("the worker sent a malformed frame: " + why);
        }
    }

    /// Each for itself: what comes before one that was not given was acknowledged all the same.
    private void acknowledged(long transferId) {
        if (ended) {
            return;
        }
        var given = answered(transferId);
        if (given != null) {
            connections += given;
            events.acknowledged(transferId);
        }
    }

    /// The connections of the transfer, which is open no more; null when it was not.
    private @Nullable Integer answered(long transferId) {
        var given = open.remove(transferId);
        if (given == null) {
            end("the worker answered transfer " + transferId + ", which it was not given or had answered");
        }
        return given;
    }

    private boolean isBelievable(int count) {
        countSeconds();
        if (++endedFrames > HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND) {
            end("the worker sent more than " + HandoffLimits.MAX_ENDED_FRAMES_PER_SECOND
                    + " frames of ended connections in a second");
            return false;
        }
        if (count > connections) {
            end("the worker said that " + count + " connections ended, of " + connections + " it has");
            return false;
        }
        connections -= count;
        return true;
    }

    private void countSeconds() {
        long now = nanoTime.getAsLong();
        if (now - secondStart >= NANOS_PER_SECOND) {
            secondStart = now;
            statusFrames = 0;
            endedFrames = 0;
        }
    }

    private boolean isWithinRate() {
        countSeconds();
        if (++statusFrames <= HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND) {
            return true;
        }
        end("the worker sent more than " + HandoffLimits.MAX_STATUS_FRAMES_PER_SECOND + " status frames in a second");
        return false;
    }

    /// Whatever fails here, in a handler or below, costs this peer its connection and nobody else anything.
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | AssertionError failure) {
            server.report("a handler failed", failure, socket.peer());
            end("a handler failed: " + failure);
        }
    }

    private void end(String why) {
        if (ended) {
            return;
        }
        ended = true;
        socket.close();
        server.forget(this);
        try {
            events.closed(why);
        } catch (RuntimeException | AssertionError failure) {
            server.report("a handler failed", failure, socket.peer());
        }
    }
}
