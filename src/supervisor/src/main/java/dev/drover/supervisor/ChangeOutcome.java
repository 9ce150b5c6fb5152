package dev.drover.supervisor;

import java.util.List;

/// What became of a wanted change.
public sealed interface ChangeOutcome {
    /// It is under way.
    ///
    /// @param changes one line for each pool that changed; empty when nothing did
    record Applied(List<String> changes) implements ChangeOutcome {
        public Applied {
            changes = List.copyOf(changes);
        }
    }

    /// It cannot be made; nothing was changed.
    ///
    /// @param problems one line each
    record Refused(List<String> problems) implements ChangeOutcome {
        public Refused {
            problems = List.copyOf(problems);
        }
    }
}
