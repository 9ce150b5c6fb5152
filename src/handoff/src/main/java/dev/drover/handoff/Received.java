package dev.drover.handoff;

import java.net.SocketAddress;
import java.util.List;

/// What the master sent to a worker that has joined.
public sealed interface Received {
    /// Handles, now the receiver's to close. To be acknowledged, before the first read or accept, or refused.
    ///
    /// @param transferId by which it is acknowledged or refused
    /// @param handles at least one
    record Transferred(long transferId, List<Handle> handles) implements Received {
        public Transferred {
            handles = List.copyOf(handles);
        }
    }

    /// A listener is wanted back: its socket is the pool's no more. To be acknowledged once it is closed, or refused.
    ///
    /// @param transferId by which it is acknowledged or refused
    /// @param socketName of the listener
    /// @param address of the listener: with the name it tells which
    record Withdrawn(long transferId, String socketName, SocketAddress address) implements Received {}

    /// The connection has ended, or the master broke the protocol, which is as final: every further answer is the
    /// same. A forked worker leaves, an attached one serves on and joins anew.
    ///
    /// @param why for the log
    record MasterGone(String why) implements Received {}
}
