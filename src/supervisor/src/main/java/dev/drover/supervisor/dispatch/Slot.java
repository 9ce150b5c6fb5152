package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a [Dispatcher] knows of one incarnation.
final class Slot {
    final Incarnation incarnation;

    /// Given and not answered, oldest first, by the id of the transfer.
    final Map<Long, Delivery> inFlight = new LinkedHashMap<>();

    /// Acknowledged and not ended.
    private int acknowledged;

    /// It did not answer in time: it gets nothing more.
    boolean hung;

    /// Its socket took no more; until it answers or a while has passed.
    boolean full;

    long fullUntilNanos;

    Slot(Incarnation incarnation) {
        this.incarnation = incarnation;
    }

    int openConnections() {
        return acknowledged + inFlight.size();
    }

    void acknowledged() {
        acknowledged++;
    }

    void ended(int count) {
        acknowledged -= count;
    }

    /// Whether its oldest transfer should have been answered.
    boolean isOverdue(long nowNanos) {
        return !inFlight.isEmpty() && nowNanos - inFlight.values().iterator().next().dueNanos >= 0;
    }
}
