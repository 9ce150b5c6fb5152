package dev.drover.master.control;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What has changed of the things of one kind, as far as it is seen by looking from time to time. Bounded: who reads it
/// remembers up to where, and is told when what came next is not kept any more. Pure; for one thread at a time.
final class ChangeLog<T> {
    /// Changes kept; the oldest goes first.
    static final int MAX_CHANGES = 1024;

    private final Function<T, String> key;
    private final UnaryOperator<T> essence;
    private final ArrayDeque<Change<T>> changes = new ArrayDeque<>();
    private Map<String, T> items = new LinkedHashMap<>();
    private long last;
    private long forgotten;

    /// A thing was added (no `before`), changed, or removed (no `after`).
    ///
    /// @param sequence counts the changes
    record Change<T>(long sequence, Optional<T> before, Optional<T> after) {}

    /// All things.
    ///
    /// @param last the sequence from which to read on
    record Everything<T>(List<T> items, long last) {
        Everything {
            items = List.copyOf(items);
        }
    }

    /// @param key what a thing is known by
    /// @param essence the thing without what may be different and is no change
    /// @param first where the sequences begin; beyond those of every log before it
    ChangeLog(Function<T, String> key, UnaryOperator<T> essence, long first) {
        this.key = key;
        this.essence = essence;
        this.last = first;
        this.forgotten = first;
    }

    /// Notes what is different from the last look.
    ///
    /// @param now every thing, in the order in which they are to be told
    void look(List<T> now) {
        var found = new LinkedHashMap<String, T>();
        now.forEach(item -> found.put(key.apply(item), item));
        items.forEach((name, before) -> {
            if (!found.containsKey(name)) {
                note(Optional.of(before), Optional.empty());
            }
        });
        found.forEach((name, after) -> {
            var before = Optional.ofNullable(items.get(name));
            if (before.map(essence).filter(essence.apply(after)::equals).isEmpty()) {
                note(before, Optional.of(after));
            }
        });
        items = found;
    }

    private void note(Optional<T> before, Optional<T> after) {
        last++;
        changes.add(new Change<>(last, before, after));
        if (changes.size() > MAX_CHANGES) {
            forgotten = Objects.requireNonNull(changes.poll()).sequence();
        }
    }

    /// As they were at the last look.
    Everything<T> everything() {
        return new Everything<>(new ArrayList<>(items.values()), last);
    }

    /// What was noted after that one, oldest first; empty: something of it is not kept any more, or it is of another
    /// log.
    Optional<List<Change<T>>> after(long sequence) {
        if (sequence < forgotten || sequence > last) {
            return Optional.empty();
        }
        return Optional.of(changes.stream()
                .dropWhile(change -> change.sequence() <= sequence)
                .toList());
    }
}
