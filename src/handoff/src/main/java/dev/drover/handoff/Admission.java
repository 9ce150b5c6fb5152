package dev.drover.handoff;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/// The right of one incarnation to join once: the token, and the peer it must come from.
///
/// Pure apart from being used up. The pid of a peer may be another than that of the forked process (`sh -c`, `npm`),
/// so its process group counts. Not thread-safe: belongs to the loop.
public final class Admission {
    private final int userId;
    private final long processGroup;
    private final byte[] token;
    private boolean used;

    /// @param userId the user the worker runs as
    /// @param processGroup the group it was forked into
    /// @param token its one-time token, not empty
    public Admission(int userId, long processGroup, String token) {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("cannot expect a worker with an empty token");
        }
        this.userId = userId;
        this.processGroup = processGroup;
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /// Empty when the peer may join, which uses the token up; a refusal does not. Only who knows the token is told
    /// of a wrong user or group.
    ///
    /// @param peerProcessGroup the process group of the request's peer, 0 when it is not known
    public Optional<Verdict.Refused> check(JoinRequest request, long peerProcessGroup) {
        // Compared first and in constant time, so that neither the answer nor its time tells how much was right.
        boolean matches = MessageDigest.isEqual(token, request.token().getBytes(StandardCharsets.UTF_8));
        if (!matches || used) {
            return refused(JoinRefusal.NOT_EXPECTED, "no worker is expected with this name, incarnation and token");
        }
        if (request.peer().uid() != userId) {
            return refused(
                    JoinRefusal.WRONG_PEER,
                    "the peer runs as user " + request.peer().uid() + ", the worker as " + userId);
        }
        if (peerProcessGroup != processGroup) {
            return refused(
                    JoinRefusal.WRONG_PEER,
                    "the peer is in process group " + peerProcessGroup + ", the worker in " + processGroup);
        }
        used = true;
        return Optional.empty();
    }

    private static Optional<Verdict.Refused> refused(JoinRefusal reason, String message) {
        return Optional.of(new Verdict.Refused(reason, message));
    }
}
