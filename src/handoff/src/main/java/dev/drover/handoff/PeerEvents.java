package dev.drover.handoff;

/// What happens to a worker that was admitted. Called on the loop, must not block; may call the [HandlePeer]. When a
/// method throws, that peer is cut off and nobody else is disturbed.
public interface PeerEvents {
    /// The answer with the listeners is in the kernel. First of all, once; left out when the peer had gone before it
    /// could be answered, then [#closed] is the only one.
    void joined(HandlePeer peer);

    /// A transfer has been taken over: the master may close its duplicates.
    void acknowledged(long transferId);

    /// A transfer was not taken over, and the worker has closed its descriptors.
    void refused(long transferId, String message);

    /// The worker serves; may be said again.
    void ready();

    /// The worker takes no new work; may be said again.
    void draining();

    /// Connections that were transferred and acknowledged have ended at the worker.
    ///
    /// @param count from 1, and with those told before never more than were acknowledged
    void connectionsEnded(int count);

    /// The connection has ended, by the peer or because it broke the contract; everything it had sent before was
    /// told before. Last of all, once; left out after [HandlePeer#close] and [HandleServer#close].
    ///
    /// What was transferred and neither acknowledged nor refused is the master's again, but a peer that was cut off
    /// may still be alive and hold it: it is redelivered only after that process is dead.
    void closed(String why);
}
