package dev.drover.session;

/// What one holds of a [Budget]. Not thread-safe: guarded by the lock of whoever holds it.
final class Share {
    private final Budget budget;
    private long held;

    Share(Budget budget) {
        this.budget = budget;
    }

    /// Takes so much more, if it is left for one who holds this.
    boolean take(long cost) {
        boolean taken = budget.take(held, cost);
        held += taken ? cost : 0;
        return taken;
    }

    void giveBack(long cost) {
        held -= cost;
        budget.giveBack(cost);
    }

    void giveBackAll() {
        giveBack(held);
    }
}
