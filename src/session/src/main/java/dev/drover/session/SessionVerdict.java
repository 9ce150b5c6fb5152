package dev.drover.session;

import java.time.Duration;

/// The answer to a Hello.
public sealed interface SessionVerdict {
    /// The session opens.
    ///
    /// @param pool `web`
    /// @param worker `web-0`
    /// @param incarnation its number
    /// @param heartbeatInterval how often this worker is to give a sign of life, from 10 ms to an hour;
    ///     see [HeartbeatPace]
    /// @param events what happens to the session
    record Admitted(String pool, String worker, int incarnation, Duration heartbeatInterval, SessionEvents events)
            implements SessionVerdict {
        public Admitted {
            if (heartbeatInterval.compareTo(SessionLimits.SHORTEST_HEARTBEAT) < 0
                    || heartbeatInterval.compareTo(SessionLimits.LONGEST_HEARTBEAT) > 0) {
                throw new IllegalArgumentException("cannot want a heartbeat every " + heartbeatInterval + ": from "
                        + SessionLimits.SHORTEST_HEARTBEAT + " to " + SessionLimits.LONGEST_HEARTBEAT);
            }
        }
    }

    /// The ticket is unknown or used.
    record Refused() implements SessionVerdict {}
}
