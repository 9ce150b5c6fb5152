package dev.drover.handoff;

import dev.drover.posix.PeerCredentials;

/// Who wants to join.
///
/// @param worker the place it names, `web-0`
/// @param incarnation the incarnation it names, from 1
/// @param token the token it presents
/// @param peer what the kernel says of it
public record JoinRequest(String worker, int incarnation, String token, PeerCredentials peer) {
    /// Without the token, which is a secret.
    @Override
    public String toString() {
        return "JoinRequest[worker=" + worker + ", incarnation=" + incarnation + ", peer=" + peer + "]";
    }
}
