package dev.drover.handoff;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// The answer to a Join.
public sealed interface Verdict {
    /// The worker is accepted.
    ///
    /// @param pool its pool
    /// @param ticket presented once to open its session
    /// @param transferId the transfer of the listeners, from 1, also when there is none
    /// @param listeners at most [HandoffLimits#MAX_DESCRIPTORS]; duplicated by the kernel, so the caller's still
    /// @param dispatchedSockets names of the sockets whose connections will be transferred; at most 64
    /// @param events what happens to the peer from now on
    record Admitted(
            String pool,
            String ticket,
            long transferId,
            List<Handle> listeners,
            List<String> dispatchedSockets,
            PeerEvents events)
            implements Verdict {
        public Admitted {
            listeners = List.copyOf(listeners);
            dispatchedSockets = List.copyOf(dispatchedSockets);
            check(isFilled(pool, HandoffLimits.MAX_NAME_BYTES), "pool " + pool + ": 1 to 253 bytes");
            check(isFilled(ticket, HandoffLimits.MAX_SECRET_BYTES), "ticket: 1 to 256 bytes");
            check(transferId > 0, "transfer " + transferId + ": from 1");
            check(
                    listeners.size() <= HandoffLimits.MAX_DESCRIPTORS,
                    listeners.size() + " listeners: at most " + HandoffLimits.MAX_DESCRIPTORS);
            check(
                    dispatchedSockets.size() <= HandoffLimits.MAX_DISPATCHED_SOCKETS,
                    dispatchedSockets.size() + " dispatched sockets: at most " + HandoffLimits.MAX_DISPATCHED_SOCKETS);
            for (var name : dispatchedSockets) {
                check(isFilled(name, HandoffLimits.MAX_NAME_BYTES), "dispatched socket " + name + ": 1 to 253 bytes");
            }
        }

        private static boolean isFilled(String text, int maxBytes) {
            int bytes = text.getBytes(StandardCharsets.UTF_8).length;
            return bytes > 0 && bytes <= maxBytes;
        }

        private static void check(boolean holds, String problem) {
            if (!holds) {
                throw new IllegalArgumentException("cannot admit a worker with " + problem);
            }
        }

        /// Without the ticket, which is a secret.
        @Override
        public String toString() {
            return "Admitted[pool=" + pool + ", transferId=" + transferId + ", listeners=" + listeners
                    + ", dispatchedSockets=" + dispatchedSockets + "]";
        }
    }

    /// The worker is not accepted; it is told and cut off.
    ///
    /// @param reason for programs
    /// @param message for people; holds no secret; cut at [HandoffLimits#MAX_TEXT_BYTES]
    record Refused(JoinRefusal reason, String message) implements Verdict {}
}
