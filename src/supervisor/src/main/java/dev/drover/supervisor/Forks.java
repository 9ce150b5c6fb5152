package dev.drover.supervisor;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The forks that live, by name. Belongs to the loop.
final class Forks {
    private final Map<String, Forked> byName = new HashMap<>();

    void add(Forked fork) {
        byName.put(fork.name(), fork);
    }

    boolean contains(String name) {
        return byName.containsKey(name);
    }

    /// Whether it lives: a later one may have its name.
    boolean contains(Forked fork) {
        return byName.get(fork.name()) == fork;
    }

    /// It has ended, or could not be opened: its name is free.
    void remove(String name) {
        byName.remove(name);
    }

    void happened(WorkerEvent event) {
        var name = event.incarnation().worker().pool();
        Optional.ofNullable(byName.get(name)).ifPresent(found -> found.happened(event));
    }
}
