package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;
import java.util.HashSet;
import java.util.Set;

/// A connection on its way from the master to a worker. Belongs to the [Dispatcher].
final class Delivery {
    final int socket;
    final Arrival connection;

    /// Who has refused it since the candidates last changed; most are refused by nobody.
    private Set<Incarnation> refusals = Set.of();

    /// When it is offered again, while it is parked.
    long dueNanos;

    Delivery(int socket, Arrival connection) {
        this.socket = socket;
        this.connection = connection;
    }

    boolean isRefused() {
        return !refusals.isEmpty();
    }

    boolean isRefusedBy(Slot candidate) {
        return refusals.contains(candidate.incarnation);
    }

    void refusedBy(Slot candidate) {
        if (refusals.isEmpty()) {
            refusals = new HashSet<>();
        }
        refusals.add(candidate.incarnation);
    }

    void forgetRefusals() {
        refusals = Set.of();
    }
}
