package dev.drover.supervisor;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells a program what happens to workers, in order, on a thread of its own: a slow listener holds up nobody. Any
/// thread.
final class EventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

    /// Events that wait for a slow listener; what is more is left out and counted in the log.
    private static final int MAX_WAITING = 16_384;

    private final BlockingQueue<Runnable> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final List<Consumer<WorkerEvent>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger missed = new AtomicInteger();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("drover-events").unstarted(this::run);

    /// Published by `close()` to the thread.
    private volatile boolean closed;

    void start() {
        thread.start();
    }

    void listen(Consumer<WorkerEvent> listener) {
        listeners.add(listener);
    }

    void publish(WorkerEvent event) {
        if (!waiting.offer(() -> tell(event)) && missed.incrementAndGet() == 1) {
            LOG.warn("Events left out: a listener has {} waiting", MAX_WAITING);
        }
    }

    private void tell(WorkerEvent event) {
        int left = missed.getAndSet(0);
        if (left > 0) {
            LOG.warn("Events left out: {}", left);
        }
        for (var listener : listeners) {
            try {
                listener.accept(event);
            } catch (RuntimeException | Error failure) {
                LOG.error("A listener of events has failed", failure);
            }
        }
    }

    private void run() {
        try {
            while (!closed || !waiting.isEmpty()) {
                waiting.take().run();
            }
        } catch (InterruptedException _) {
            // Nobody but close() interrupts it.
        }
    }

    /// Tells what waits and ends; does not wait for that.
    @Override
    public void close() {
        closed = true;
        if (!waiting.offer(() -> {})) {
            thread.interrupt();
        }
    }
}
