package dev.drover.session;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Gives the signs of life of a worker by the loop that serves. Any thread.
final class Heart {
    private static final System.Logger LOG = System.getLogger(Heart.class.getName());

    /// A loop, and whether it has a sign of life to give already: one that hangs must not find a heap of them.
    private record Loop(Executor executor, AtomicBoolean waiting) {
        Loop(Executor executor) {
            this(executor, new AtomicBoolean());
        }
    }

    /// Published by the worker to the session's loop.
    private volatile Loop loop = new Loop(Runnable::run);

    /// Published by the worker to the loop that serves.
    private volatile Supplier<Optional<Load>> load = Optional::empty;

    void beatBy(Executor serving) {
        loop = new Loop(serving);
    }

    void report(Supplier<Load> current) {
        load = () -> Optional.of(current.get());
    }

    /// Lets the loop that serves give a sign of life, unless it has not come to the last one yet.
    void beat(Consumer<Optional<Load>> sign) {
        var serving = loop;
        if (!serving.waiting.compareAndSet(false, true)) {
            return;
        }
        try {
            serving.executor.execute(() -> {
                serving.waiting.set(false);
                sign.accept(currentLoad());
            });
        } catch (RuntimeException _) {
            // It has been shut down, or is broken: silent, as it should be, until it is asked again.
            serving.waiting.set(false);
        }
    }

    private Optional<Load> currentLoad() {
        try {
            return load.get();
        } catch (RuntimeException failure) {
            LOG.log(System.Logger.Level.WARNING, "The load cannot be told", failure);
            return Optional.empty();
        }
    }
}
