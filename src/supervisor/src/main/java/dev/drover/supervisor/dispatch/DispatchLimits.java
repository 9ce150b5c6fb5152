package dev.drover.supervisor.dispatch;

import java.time.Duration;

/// The bounds of dispatching.
///
/// @param acknowledgement how long a worker may take to answer a transfer: one that lives and has not is hung
/// @param pause how long a connection that nobody takes, or a worker whose socket takes none, is left alone
/// @param inFlight connections under way to one worker: what a hung one can hold up. Its socket holds some 160
/// transfers
/// @param inHand connections of one pool that the master has accepted and nobody has acknowledged: its descriptors
public record DispatchLimits(Duration acknowledgement, Duration pause, int inFlight, int inHand) {
    /// Those of a supervisor.
    public static final DispatchLimits DEFAULT =
            new DispatchLimits(Duration.ofSeconds(5), Duration.ofMillis(250), 128, 4_096);
}
