package dev.drover.session;

import java.time.Duration;

/// What a sender does while there is no room for its message.
public sealed interface WhenFull {
    /// It fails at once, with [FailureReason#QUEUE_FULL].
    record Fail() implements WhenFull {}

    /// The calling thread waits for room, then fails as above. On the session's own thread, in a callback of a
    /// future, nobody waits: there it is as [Fail].
    ///
    /// @param atMost how long
    record Wait(Duration atMost) implements WhenFull {}

    /// Fails at once.
    static WhenFull fail() {
        return new Fail();
    }

    /// Waits so long.
    static WhenFull waitFor(Duration atMost) {
        return new Wait(atMost);
    }
}
