package dev.drover.session;

import io.netty.util.collection.LongObjectHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Values by consecutive numbers, which come and go in about that order.
///
/// Netty's map keeps what collides together: consecutive keys would make one long run of which each removal moves
/// the rest, so they are scattered first.
final class IdMap<V> {
    /// Odd, so that no two numbers meet: the golden ratio's 64 bits.
    private static final long SCATTER = 0x9E37_79B9_7F4A_7C15L;

    private final LongObjectHashMap<V> values = new LongObjectHashMap<>();

    @Nullable
    V get(long id) {
        return values.get(key(id));
    }

    boolean containsKey(long id) {
        return values.containsKey(key(id));
    }

    void put(long id, V value) {
        values.put(key(id), value);
    }

    @Nullable
    V remove(long id) {
        return values.remove(key(id));
    }

    int size() {
        return values.size();
    }

    /// A copy of the values, in no order.
    List<V> values() {
        return List.copyOf(values.values());
    }

    void clear() {
        values.clear();
    }

    private static long key(long id) {
        return id * SCATTER;
    }
}
