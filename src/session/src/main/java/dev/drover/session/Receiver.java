package dev.drover.session;

/// Somebody to whom messages and requests can be given.
@FunctionalInterface
interface Receiver {
    /// Gives it, without waiting: where there is no room its outcome is a failure.
    ///
    /// @param from who says it
    /// @return to withdraw a request by
    Withdrawal give(Address from, Said said, Outcome outcome);
}
