package dev.drover.session;

/// A way for what an application says.
@FunctionalInterface
interface Outlet {
    /// Says it; where there is no room as the sender chooses. Its outcome is told in any case.
    ///
    /// @return to withdraw a request by
    Withdrawal offer(Address to, Said said, WhenFull whenFull, Outcome outcome);
}
