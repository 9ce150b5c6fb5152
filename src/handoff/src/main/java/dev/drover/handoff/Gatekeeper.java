package dev.drover.handoff;

import dev.drover.posix.PeerCredentials;

/// Who may join. Called on the loop, must not block.
public interface Gatekeeper {
    /// Decides on a Join. When it throws, the peer is refused and the failure is told to [#refused].
    Verdict admit(JoinRequest request);

    /// A peer was cut off before it had joined, or a handler failed. For the log and the counters; how often it is
    /// called is in the hands of whoever can connect.
    ///
    /// @param why for people; may hold text of the peer, never a secret
    void refused(String why, PeerCredentials peer);
}
