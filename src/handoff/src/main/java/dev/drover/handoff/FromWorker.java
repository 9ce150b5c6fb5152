package dev.drover.handoff;

import java.util.List;

/// What a worker's frame says.
sealed interface FromWorker {
    /// It presents itself.
    record Join(String worker, int incarnation, String token) implements FromWorker {}

    /// It has taken transfers over.
    ///
    /// @param transferIds 1 to [HandoffLimits#MAX_ACKNOWLEDGED]
    record Acknowledged(List<Long> transferIds) implements FromWorker {
        public Acknowledged {
            transferIds = List.copyOf(transferIds);
        }
    }

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
