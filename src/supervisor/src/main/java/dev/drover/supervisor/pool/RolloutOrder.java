package dev.drover.supervisor.pool;

import java.util.OptionalInt;

/// What people order of a rollout, in kubectl's words.
public sealed interface RolloutOrder {
    /// Make a revision with the template of the wanted one: every worker is replaced.
    record Restart() implements RolloutOrder {}

    /// Want a former revision again: it gets a new number, its old one disappears.
    ///
    /// @param toRevision its number; empty: the one before the wanted one
    record Undo(OptionalInt toRevision) implements RolloutOrder {}

    /// Roll nothing further. Changes of the template gather until [Resume].
    record Pause() implements RolloutOrder {}

    /// Go on.
    record Resume() implements RolloutOrder {}
}
