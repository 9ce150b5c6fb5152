package dev.drover.worker;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/// Keeps the process alive while it has handlers of messages, as Node does, or waits for connections that the
/// master accepts: such a worker has no thread of its own that would. Thread-safe.
final class KeepAlive {
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CountDownLatch end = new CountDownLatch(1);

    void begin() {
        if (begun.compareAndSet(false, true)) {
            // Not a daemon: that is all it is for.
            Thread.ofPlatform().name("drover-keep-alive").start(this::await);
        }
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    void end() {
        end.countDown();
    }
}
