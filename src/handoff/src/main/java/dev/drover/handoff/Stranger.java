package dev.drover.handoff;

import dev.drover.posix.PosixException;
import java.util.List;

/// A connection that has not joined yet. Ends by being admitted or refused, once. Belongs to the loop.
final class Stranger {
    private final HandleServer server;
    private final HandleSocket socket;
    private final long connectedAt;
    private boolean ended;

    Stranger(HandleServer server, HandleSocket socket, long connectedAt) {
        this.server = server;
        this.socket = socket;
        this.connectedAt = connectedAt;
        socket.readBy(this::read);
    }

    long connectedAt() {
        return connectedAt;
    }

    /// Reads the first frame if it is there.
    void read() {
        if (ended) {
            return;
        }
        try {
            switch (socket.receive()) {
                case HandleSocket.Arrival.Nothing _ -> {}
                case HandleSocket.Arrival.EndOfStream _ -> drop("it left before it joined");
                case HandleSocket.Arrival.Frame(var says) -> judge(says);
            }
        } catch (PosixException failure) {
            drop(Wire.why(failure));
        }
    }

    private void judge(FromWorker says) {
        switch (says) {
            case FromWorker.Join(var worker, var incarnation, var token) -> {
                var request = new JoinRequest(worker, incarnation, token, socket.peer());
                switch (server.admit(request)) {
                    case Verdict.Admitted admitted -> {
                        leave();
                        server.begin(socket, admitted);
                    }
                    case Verdict.Refused(var reason, var message) -> refuse(reason, message);
                }
            }
            case FromWorker.Malformed(var reason, var why) -> refuse(reason, why);
            case FromWorker.Acknowledged _,
                    FromWorker.Refused _,
                    FromWorker.Ready _,
                    FromWorker.Draining _,
                    FromWorker.ConnectionsEnded _ -> refuse(JoinRefusal.MALFORMED, "the first frame is no Join");
        }
    }

    /// With an answer, which may not fit or find nobody: that changes nothing.
    void refuse(JoinRefusal reason, String message) {
        try {
            socket.send(MasterFrames.joinRefused(reason, message), List.of());
        } finally {
            drop(reason + ": " + message);
        }
    }

    void drop(String why) {
        if (!ended) {
            leave();
            socket.close();
            server.report(why, socket.peer());
        }
    }

    /// Without a word, when the server itself ends.
    void close() {
        leave();
        socket.close();
    }

    boolean hasEnded() {
        return ended;
    }

    private void leave() {
        ended = true;
        server.forget(this);
    }
}
