package dev.drover.handoff;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/// The master's end of the handle socket of one worker that has joined. To be used on the loop.
public final class HandlePeer implements AutoCloseable {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final HandleServer server;
    private final HandleSocket socket;
    private final PeerEvents events;
    private final LongSupplier nanoTime;

    /// Given to the peer and not yet answered; at most [HandoffLimits#MAX_OPEN_TRANSFERS].
    private final Set<Long> open = new HashSet<>();

    private long secondStart;
    private int statusFrames;
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
        var answer =
                MasterFrames.joined(admitted.pool(), admitted.ticket(), admitted.transferId(), admitted.listeners());
        socket.readBy(this::turn);
        guarded(() -> {
            if (!socket.send(answer, admitted.listeners())) {
                end("the worker had gone before it could be answered");
                return;
            }
            open.add(admitted.transferId());
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
        if (transferId <= 0 || open.contains(transferId)) {
            throw new IllegalArgumentException("cannot transfer with id " + transferId + ": below 1 or in use");
        }
        if (handles.isEmpty() || handles.size() > HandoffLimits.MAX_DESCRIPTORS) {
            throw new IllegalArgumentException("cannot transfer " + handles.size() + " handles: 1 to "
                    + HandoffLimits.MAX_DESCRIPTORS + " are allowed");
        }
        if (ended || open.size() >= HandoffLimits.MAX_OPEN_TRANSFERS) {
            return false;
        }
        if (!socket.send(MasterFrames.transfer(transferId, handles), handles)) {
            return false;
        }
        open.add(transferId);
        return true;
    }

    /// Reads what a dead worker left, to the end, then tells [PeerEvents#closed]: for whoever learns of its death
    /// from elsewhere and must know what it had acknowledged. Does nothing after the end.
    ///
    /// Ends although somebody else, a child of the worker, may hold the other end.
    public void readToEnd() {
        server.assertOnLoop();
        guarded(() -> {
            // Bounded: each frame answers an open transfer or counts as a status frame, or it ends the connection.
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

    private void turn() {
        guarded(() -> {
            int frames = 0;
            while (!ended && frames < HandoffLimits.MAX_FRAMES_PER_TURN && readFrame()) {
                frames++;
            }
        });
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
            case FromWorker.Acknowledged(var transferId) -> {
                if (answered(transferId)) {
                    events.acknowledged(transferId);
                }
            }
            case FromWorker.Refused(var transferId, var message) -> {
                if (answered(transferId)) {
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
            case FromWorker.Join _ -> end("the worker sent a second Join");
            case FromWorker.Malformed(var _, var why) -> end("the worker sent a malformed frame: " + why);
        }
    }

    private boolean answered(long transferId) {
        if (open.remove(transferId)) {
            return true;
        }
        end("the worker answered transfer " + transferId + ", which it was not given or had answered");
        return false;
    }

    private boolean isWithinRate() {
        long now = nanoTime.getAsLong();
        if (now - secondStart >= NANOS_PER_SECOND) {
            secondStart = now;
            statusFrames = 0;
        }
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
