package dev.drover.worker;

/// Takes the connections of a Dispatched socket. See [Worker#onConnection].
@FunctionalInterface
public interface ConnectionHandler {
    /// Takes one connection, before it returns.
    ///
    /// Called for one connection after the other where they are received ([Worker#receiveBy]), so it must not
    /// block: while it does no other is received, and a worker that does not receive for 5 s is killed. One that
    /// is not taken, or for which this throws, is closed; the log tells, and the worker lives.
    ///
    /// @throws Exception whatever went wrong
    void take(WorkerConnection connection) throws Exception;
}
