package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a [Dispatcher] knows of one incarnation.
final class Slot {
    final Incarnation incarnation;

    /// Given and not answered, oldest first, by the id of the transfer.
    final Map<Long, Batch> inFlight = new LinkedHashMap<>();

    /// Connections of those, and of the batches that are about to be given.
    int underWay;

    /// The one that takes the next connection, while connections are being assigned.
    @Nullable
    Batch filling;

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
        return acknowledged + underWay;
    }

    void acknowledged(int count) {
        acknowledged += count;
    }

    void ended(int count) {
        acknowledged -= count;
    }

    /// Whether its oldest transfer should have been answered.
    boolean isOverdue(long nowNanos) {
        return !inFlight.isEmpty() && nowNanos - inFlight.values().iterator().next().dueNanos >= 0;
    }
}
