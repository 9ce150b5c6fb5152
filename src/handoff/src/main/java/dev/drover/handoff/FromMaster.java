package dev.drover.handoff;

import java.net.SocketAddress;
import java.util.List;

/// What the master's frame says. The descriptors of its handles belong to whoever reads it.
sealed interface FromMaster {
    /// The worker is accepted.
    record Joined(String pool, String ticket, long transferId, List<Handle> listeners, List<String> dispatchedSockets)
            implements FromMaster {}

    /// The worker is not accepted.
    record JoinRefused(JoinRefusal reason, String message) implements FromMaster {}

    /// Further handles.
    record Transferred(long transferId, List<Handle> handles) implements FromMaster {}

    /// A listener is wanted back.
    record Withdrawn(long transferId, String socketName, SocketAddress address) implements FromMaster {}

    /// It breaks the contract. Its descriptors are closed.
    record Malformed(String why) implements FromMaster {}
}
