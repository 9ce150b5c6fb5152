package dev.drover.master;

/// A value that is looked at from time to time, and that counts as changed when it has been another for two
/// looks: a file is written and a limit set step by step. Thread-safe.
final class Settled<T> {
    private T value;
    private T seen;

    Settled(T value) {
        this.value = value;
        this.seen = value;
    }

    /// What was taken last.
    synchronized T value() {
        return value;
    }

    /// @return whether it has changed for good; then it is taken
    synchronized boolean see(T now) {
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(value)) {
            value = now;
            return true;
        }
        return false;
    }

    /// Whatever was seen before: this is what counts.
    synchronized void take(T now) {
        value = now;
        seen = now;
    }
}
