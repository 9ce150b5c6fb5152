package dev.drover.supervisor.dispatch;

/// Chooses the worker that gets a connection.
///
/// Called on the supervisor's loop for every connection, by no other thread: it must not block, nor call the
/// supervisor, and what it takes is taken from everybody. One object may serve several sockets. When it throws or
/// answers an index that is none, the connection goes where [#roundRobin] would have sent it, and the log tells.
///
/// A connection that comes back because its worker refused it or died is asked about again.
@FunctionalInterface
public interface DispatchPolicy {
    /// The index of the candidate to take.
    ///
    /// @param connection valid only during the call
    /// @param candidates valid only during the call
    int choose(Arrival connection, Candidates candidates);

    /// To each in turn: exactly as many to each while the candidates stay the same.
    static DispatchPolicy roundRobin() {
        return BuiltInPolicy.ROUND_ROBIN;
    }

    /// To the one with the fewest open connections; in turn among equals.
    static DispatchPolicy leastConnections() {
        return BuiltInPolicy.LEAST_CONNECTIONS;
    }

    /// A client's connections always to the same worker's place, by the address without the port. A place that comes
    /// or goes moves only its own clients; one without room is passed over for that connection. Clients of a Unix
    /// socket, and those that are gone already, have no address: in turn.
    static DispatchPolicy clientAddress() {
        return BuiltInPolicy.CLIENT_ADDRESS;
    }
}
