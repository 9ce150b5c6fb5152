package dev.drover.it.programs;

import dev.drover.worker.Worker;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/// A worker whose loop gives its signs of life, until it hears something: then that waits for another thread, which
/// waits for it.
public final class HangingWorker {
    private static final Object ONE = new Object();
    private static final Object OTHER = new Object();

    private HangingWorker() {}

    public static void main(String[] arguments) {
        var loop = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().name("the-loop").factory());
        var worker = Worker.join();
        worker.heartbeatBy(loop);
        worker.messages().onMessage(message -> deadlock(loop));
        worker.ready();
    }

    private static void deadlock(java.util.concurrent.Executor loop) {
        var both = new CountDownLatch(2);
        loop.execute(() -> hold(ONE, OTHER, both));
        Thread.ofPlatform().name("the-other").start(() -> hold(OTHER, ONE, both));
    }

    private static void hold(Object first, Object second, CountDownLatch both) {
        synchronized (first) {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            synchronized (second) {
                System.out.println("no deadlock");
            }
        }
    }
}
