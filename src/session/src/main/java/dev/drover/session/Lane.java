package dev.drover.session;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What came from one sender, handled one at a time and in order, on threads of the application's choice. Bounded by
/// [MessageLimits]: the sender keeps to it, and [Arrivals] checks.
final class Lane {
    private final Supplier<Handlers> handlers;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private List<LaneItem> waiting = new ArrayList<>();

    @GuardedBy("lock")
    private boolean begun;

    @GuardedBy("lock")
    private boolean running;

    /// @param begun whether handlers may be called yet
    Lane(Supplier<Handlers> handlers, boolean begun) {
        this.handlers = handlers;
        this.begun = begun;
    }

    void add(LaneItem item) {
        boolean start;
        lock.lock();
        try {
            waiting.add(item);
            start = begun && !running;
            running |= start;
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        }
    }

    /// Handlers may be called from now on.
    void begin() {
        boolean start;
        lock.lock();
        try {
            begun = true;
            start = !waiting.isEmpty() && !running;
            running |= start;
        } finally {
            lock.unlock();
        }
        if (start) {
            start();
        }
    }

    /// Whether nothing waits and no handler runs.
    boolean isIdle() {
        lock.lock();
        try {
            return !running && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        try {
            handlers.get().threads().execute(this::run);
        } catch (RuntimeException refused) {
            var failure = new Failure(FailureReason.HANDLER_FAILED, "the receiver's executor refused it: " + refused);
            for (var batch = next(); !batch.isEmpty(); batch = next()) {
                batch.forEach(item -> item.refuse(failure));
            }
        }
    }

    private void run() {
        for (var batch = next(); !batch.isEmpty(); batch = next()) {
            batch.forEach(item -> item.handle(handlers.get()));
        }
    }

    private List<LaneItem> next() {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                running = false;
                return List.of();
            }
            var batch = waiting;
            waiting = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
