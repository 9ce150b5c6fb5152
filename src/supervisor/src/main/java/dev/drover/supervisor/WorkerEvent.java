package dev.drover.supervisor;

import java.util.List;

/// What happens to a worker, in the words of Node's `cluster` where it has one.
public sealed interface WorkerEvent {
    /// Which one.
    Incarnation incarnation();

    /// Its process runs (`fork`).
    record Forked(Incarnation incarnation, long pid) implements WorkerEvent {}

    /// Its session is open: messages reach it (`online`).
    record Online(Incarnation incarnation) implements WorkerEvent {}

    /// It has taken over the sockets of its pool, or one that a parent passed to it (`listening`).
    ///
    /// @param sockets their names
    record Listening(Incarnation incarnation, List<String> sockets) implements WorkerEvent {
        public Listening {
            sockets = List.copyOf(sockets);
        }
    }

    /// It serves.
    record Ready(Incarnation incarnation) implements WorkerEvent {}

    /// Its session has ended (`disconnect`); the process may live on. Told before its end of every worker that was
    /// online.
    record Disconnected(Incarnation incarnation, String why) implements WorkerEvent {}

    /// Its process has ended, or could not be started (`exit`).
    ///
    /// @param report how; its last lines are not read yet
    record Exited(ExitReport report) implements WorkerEvent {
        @Override
        public Incarnation incarnation() {
            return report.incarnation();
        }
    }
}
