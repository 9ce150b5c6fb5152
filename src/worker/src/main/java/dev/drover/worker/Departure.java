package dev.drover.worker;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// How a worker leaves: says that it drains, runs what the program registered, ends the process. Happens once;
/// every method may be called from any thread and returns at once.
///
/// | why | how | exit code |
/// | --- | --- | --- |
/// | stop signal, or the program's own wish | drain, shutdown hooks, exit | 0 |
/// | the master is gone | the same, but halted after [#WITHOUT_MASTER] | 0 |
/// | a second signal | halt at once, what is in hand is cut off | 128 + signal |
final class Departure {
    /// A worker is gone 2 s after its master; the rest is for the exit itself.
    static final Duration WITHOUT_MASTER = Duration.ofMillis(1500);

    private static final int CLEAN = 0;
    private static final int SIGNALLED = 128;

    private final Runnable announcement;
    private final ProcessEnd end;
    private final Duration withoutMaster;
    private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean begun = new AtomicBoolean();
    private final AtomicInteger signals = new AtomicInteger();

    Departure(Runnable announcement, ProcessEnd end, Duration withoutMaster) {
        this.announcement = announcement;
        this.end = end;
        this.withoutMaster = withoutMaster;
    }

    /// Registers what runs during the drain; one that comes during the drain still runs.
    void onDrain(Runnable callback) {
        callbacks.add(callback);
    }

    boolean hasBegun() {
        return begun.get();
    }

    void begin() {
        if (begun.compareAndSet(false, true)) {
            // Not a daemon: the JVM must not end under it when the program's last thread returns.
            Thread.ofPlatform().name("drover-drain").start(this::drain);
        }
    }

    void signalled(int signal) {
        if (signals.incrementAndGet() > 1) {
            end.halt(SIGNALLED + signal);
        } else {
            begin();
        }
    }

    void masterGone() {
        Thread.ofPlatform().daemon().name("drover-drain-limit").start(this::limit);
        begin();
    }

    private void drain() {
        run(announcement);
        for (var callback = callbacks.poll(); callback != null; callback = callbacks.poll()) {
            run(callback);
        }
        end.exit(CLEAN);
    }

    /// One callback that fails does not keep the others from theirs.
    private static void run(Runnable callback) {
        try {
            callback.run();
        } catch (RuntimeException | Error failure) {
            System.getLogger(Departure.class.getName())
                    .log(System.Logger.Level.WARNING, "A step of the drain failed", failure);
        }
    }

    private void limit() {
        try {
            // The drain and the exit that follows it, with the program's shutdown hooks. Nothing ever counts it down.
            var _ = new CountDownLatch(1).await(withoutMaster.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        end.halt(CLEAN);
    }
}
