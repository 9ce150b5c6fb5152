package dev.drover.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What the embedding program does with what is said to the parent: by who says it, or else for all. Thread-safe.
final class ParentHandlers {
    private final Handlers all = new Handlers();
    private final ConcurrentMap<Address, Handlers> bySender = new ConcurrentHashMap<>();

    /// Of every sender that has none of its own.
    Handlers all() {
        return all;
    }

    /// Of one sender; made when it is first asked for.
    Handlers own(Address sender) {
        return bySender.computeIfAbsent(sender, _sender -> new Handlers());
    }

    void forget(Address sender) {
        bySender.remove(sender);
    }

    /// Those that apply.
    Handlers of(Address sender) {
        var own = bySender.get(sender);
        return own == null || own.isEmpty() ? all : own;
    }
}
