package dev.drover.session;

import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Gives the signs of life of a worker by the loop that serves. Any thread.
final class Heart {
    private static final System.Logger LOG = System.getLogger(Heart.class.getName());

    /// Published by the worker to the session's loop.
    private volatile Executor loop = Runnable::run;

    /// Published by the worker to the loop that serves.
    private volatile Supplier<Optional<Load>> load = Optional::empty;

    /// One that hangs must not find a heap of them.
    private final AtomicBoolean waiting = new AtomicBoolean();

    void beatBy(Executor serving) {
        loop = serving;
    }

    void report(Supplier<Load> current) {
        load = () -> Optional.of(current.get());
    }

    /// Lets the loop that serves give a sign of life, unless it has not come to the last one yet.
    void beat(Consumer<Optional<Load>> sign) {
        if (!waiting.compareAndSet(false, true)) {
            return;
        }
        try {
            loop.execute(() -> {
                waiting.set(false);
                sign.accept(currentLoad());
            });
        } catch (RejectedExecutionException _) {
            // It has been shut down: silent, as it should be.
            waiting.set(false);
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
