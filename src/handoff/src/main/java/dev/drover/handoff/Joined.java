package dev.drover.handoff;

import java.util.List;

/// A worker's place, as the master answered its Join.
///
/// @param pool the worker's pool
/// @param ticket presented once to open the session of this incarnation
/// @param transferId the transfer of the listeners, to be acknowledged or refused before the first accept, also when
///     there is none
/// @param listeners what the worker accepts from; their descriptors belong to whoever has this record
/// @param dispatchedSockets names of the pool's Dispatched sockets, whose connections come as transfers
public record Joined(
        String pool, String ticket, long transferId, List<Handle> listeners, List<String> dispatchedSockets) {
    public Joined {
        listeners = List.copyOf(listeners);
        dispatchedSockets = List.copyOf(dispatchedSockets);
    }

    /// Without the ticket, which is a secret.
    @Override
    public String toString() {
        return "Joined[pool=" + pool + ", transferId=" + transferId + ", listeners=" + listeners
                + ", dispatchedSockets=" + dispatchedSockets + "]";
    }
}
