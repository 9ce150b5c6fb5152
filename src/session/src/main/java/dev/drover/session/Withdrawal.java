package dev.drover.session;

/// Withdraws a request that was given to somebody: its outcome is then a failure, unless it was answered before.
/// Any thread; idempotent.
@FunctionalInterface
interface Withdrawal {
    /// For what has nothing to withdraw any more.
    Withdrawal NOTHING = () -> {};

    void withdraw();
}
