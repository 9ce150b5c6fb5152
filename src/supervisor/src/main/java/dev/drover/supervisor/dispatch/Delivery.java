package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A connection on its way from the master to a worker. Belongs to the [Dispatcher].
public final class Delivery {
    final int socket;
    private final Arrival connection;

    /// Who has refused it since the candidates last changed; most are refused by nobody.
    private Set<Incarnation> refusals = Set.of();

    /// To whom it is given.
    @Nullable
    Slot slot;

    /// When it must have been acknowledged, or, while it is parked, is offered again.
    long dueNanos;

    Delivery(int socket, Arrival connection) {
        this.socket = socket;
        this.connection = connection;
    }

    /// What is delivered.
    public Arrival connection() {
        return connection;
    }

    /// The worker that was chosen for it.
    ///
    /// @throws IllegalStateException before [Dispatcher#next] has answered it
    public Incarnation receiver() {
        var chosen = slot;
        if (chosen == null) {
            throw new IllegalStateException("no worker was chosen for a connection of " + connection.socketName());
        }
        return chosen.incarnation;
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
