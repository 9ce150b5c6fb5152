package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.protocol.worker.v1.IdRange;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Numbers that are collected by many threads and told by one, consecutive ones as one range. Thread-safe.
///
/// Bounded by what it collects: each number is that of a message that was not taken before.
final class IdRanges {
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private List<IdRange> ended = new ArrayList<>();

    @GuardedBy("lock")
    private long first;

    /// 0: there is no range that may grow.
    @GuardedBy("lock")
    private long last;

    void add(long id) {
        lock.lock();
        try {
            if (last != 0 && id == last + 1) {
                last = id;
                return;
            }
            endRange();
            first = id;
            last = id;
        } finally {
            lock.unlock();
        }
    }

    /// How many ranges wait to be told.
    int size() {
        lock.lock();
        try {
            return ended.size() + (last == 0 ? 0 : 1);
        } finally {
            lock.unlock();
        }
    }

    /// What was collected and not drained yet.
    ///
    /// @param most ranges at once; what is left comes with the next call
    List<IdRange> drain(int most) {
        lock.lock();
        try {
            if (last == 0 && ended.isEmpty()) {
                return List.of();
            }
            endRange();
            last = 0;
            var left = ended.subList(Math.min(most, ended.size()), ended.size());
            var drained = ended;
            ended = new ArrayList<>(left);
            left.clear();
            return drained;
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private void endRange() {
        if (last != 0) {
            ended.add(IdRange.newBuilder().setFirst(first).setLast(last).build());
        }
    }
}
