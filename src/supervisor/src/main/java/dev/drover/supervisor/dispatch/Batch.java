package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.Incarnation;
import java.util.ArrayList;
import java.util.List;

/// Connections of one socket that go to one worker with one transfer: it takes all of them over, or none. Belongs to
/// the [Dispatcher].
public final class Batch {
    final int socket;
    final Slot slot;

    /// In the order they came; at least one.
    final List<Delivery> deliveries = new ArrayList<>();

    /// When it must have been acknowledged.
    long dueNanos;

    Batch(int socket, Slot slot) {
        this.socket = socket;
        this.slot = slot;
    }

    /// The worker that was chosen for them.
    public Incarnation receiver() {
        return slot.incarnation;
    }

    /// How many connections these are, from 1.
    public int size() {
        return deliveries.size();
    }

    /// What is delivered.
    public List<Arrival> connections() {
        var connections = new ArrayList<Arrival>(deliveries.size());
        for (var delivery : deliveries) {
            connections.add(delivery.connection);
        }
        return connections;
    }
}
