package dev.drover.session;

/// Says that a program has what was given to it. Any thread; idempotent.
@FunctionalInterface
public interface Receipt {
    /// It has it. Until then it counts against the program's bounds, and fails when the program leaves.
    void sign();
}
