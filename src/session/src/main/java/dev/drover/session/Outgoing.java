package dev.drover.session;

/// A message or request that was said and has no outcome yet.
///
/// Its state belongs to the loop of its link; [#outcome] is told there.
final class Outgoing {
    private final long id;
    private final Address peer;
    private final Usage usage;
    private final int size;
    private final boolean request;
    private final long deadlineNanos;
    private final Outcome outcome;
    private boolean taken;
    private boolean settled;
    private Runnable timer = () -> {};

    /// @param usage of the peer; it belongs to the outbox
    Outgoing(long id, Address peer, Usage usage, Said said, Outcome outcome) {
        this.id = id;
        this.peer = peer;
        this.usage = usage;
        this.size = said.payload().size();
        this.request = said instanceof Said.Request;
        this.deadlineNanos = said instanceof Said.Request asked ? asked.deadlineNanos() : 0;
        this.outcome = outcome;
    }

    long id() {
        return id;
    }

    Address peer() {
        return peer;
    }

    Usage usage() {
        return usage;
    }

    int size() {
        return size;
    }

    boolean isRequest() {
        return request;
    }

    /// Whether it is a message to every worker of a pool.
    boolean isBroadcast() {
        return !request && peer instanceof Address.Pool;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    Outcome outcome() {
        return outcome;
    }

    boolean isTaken() {
        return taken;
    }

    void take() {
        taken = true;
    }

    /// Whether its outcome was told, though the peer has not answered.
    boolean isSettled() {
        return settled;
    }

    void settle() {
        settled = true;
        timer.run();
    }

    /// @param cancel what ends the timer
    void timedBy(Runnable cancel) {
        timer = cancel;
    }
}
