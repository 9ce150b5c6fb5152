package dev.drover.handoff;

/// What a worker's frame says.
sealed interface FromWorker {
    /// It presents itself.
    record Join(String worker, int incarnation, String token) implements FromWorker {}

    /// It has taken a transfer over.
    record Acknowledged(long transferId) implements FromWorker {}

    /// It cannot take a transfer over.
    record Refused(long transferId, String message) implements FromWorker {}

    /// It serves.
    record Ready() implements FromWorker {}

    /// It takes no new work.
    record Draining() implements FromWorker {}

    /// Connections it had acknowledged are closed.
    ///
    /// @param count from 1
    record ConnectionsEnded(int count) implements FromWorker {}

    /// It breaks the contract: the peer is cut off. Its descriptors are closed.
    ///
    /// @param reason [JoinRefusal#MALFORMED] or [JoinRefusal#PROTOCOL_VERSION]
    record Malformed(JoinRefusal reason, String why) implements FromWorker {}
}
