package dev.drover.supervisor.socket;

import java.util.ArrayList;
import java.util.List;

/// Which shard has which index in the kernel's SO_REUSEPORT group. Immutable.
///
/// The kernel (net/core/sock_reuseport.c) appends a socket when it begins to listen, and fills the place of one
/// that ends with the last.
///
/// @param shards by index
record GroupOrder(List<Integer> shards) {
    /// A group without members.
    static final GroupOrder EMPTY = new GroupOrder(List.of());

    GroupOrder {
        shards = List.copyOf(shards);
    }

    /// The shard began to listen.
    GroupOrder listened(int shard) {
        if (contains(shard)) {
            throw new IllegalArgumentException("shard " + shard + " listens already");
        }
        var order = new ArrayList<>(shards);
        order.add(shard);
        return new GroupOrder(order);
    }

    /// The shard listens no more: it was closed or shut down.
    GroupOrder closed(int shard) {
        int index = indexOf(shard);
        var order = new ArrayList<>(shards);
        order.set(index, order.getLast());
        order.removeLast();
        return new GroupOrder(order);
    }

    boolean contains(int shard) {
        return shards.contains(shard);
    }

    /// The index of a shard that listens.
    int indexOf(int shard) {
        int index = shards.indexOf(shard);
        if (index < 0) {
            throw new IllegalArgumentException("shard " + shard + " does not listen");
        }
        return index;
    }

    int size() {
        return shards.size();
    }

    boolean isEmpty() {
        return shards.isEmpty();
    }
}
