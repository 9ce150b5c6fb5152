package dev.drover.session;

import java.util.Optional;

/// Somebody in this process to whom messages and requests can be given.
interface Receiver {
    /// Makes room for it; where there is none the outcome is told. Any thread: it bounds what waits for the loop.
    ///
    /// @return what the outcome is to be told to from now on
    Optional<Outcome> admit(Address from, Said said, Outcome outcome);

    /// Gives what was admitted, without waiting. The loop only.
    ///
    /// @param from who says it
    /// @return to withdraw a request by
    Withdrawal give(Address from, Said said, Outcome outcome);
}
