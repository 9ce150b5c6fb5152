package dev.drover.supervisor.health;

/// What the health of an incarnation means for the pool.
public sealed interface Standing {
    /// It can be given connections.
    record Fit() implements Standing {}

    /// It cannot, now.
    ///
    /// @param why in words; empty while nothing has failed: it starts
    record Unfit(String why) implements Standing {}

    /// It is to be killed. Final.
    ///
    /// @param why in words
    record Hung(String why) implements Standing {}
}
