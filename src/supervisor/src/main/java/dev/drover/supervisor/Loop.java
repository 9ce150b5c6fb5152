package dev.drover.supervisor;

import dev.drover.posix.BatchScheduling;
import dev.drover.posix.Poller;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that owns all state: it waits for descriptors, timers and tasks, and never for anything else.
///
/// A handler that throws is reported and costs nobody anything else.
final class Loop {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    /// Tasks that wait; each worker has at most a few. Guards the memory against a poster that runs away.
    private static final int MAX_TASKS = 65_536;

    /// How long the loop sleeps when no timer is due.
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>(MAX_TASKS);
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos).thenComparingLong(Timer::order));
    private final CompletableFuture<Poller> poller = new CompletableFuture<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread thread;
    private final LatencyCount waits = new LatencyCount();
    private final BatchScheduling scheduling = new BatchScheduling();
    private long timersMade;

    /// In this turn.
    private int accepted;

    private boolean running = true;

    private record Task(long postedNanos, Runnable work) {}

    private record Timer(long dueNanos, long order, Runnable task) {}

    Loop() {
        this.thread = Thread.ofPlatform().name("drover-loop").daemon(false).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Only on the loop, or while it has not begun to run tasks.
    Poller poller() {
        return poller.join();
    }

    long nanoTime() {
        return System.nanoTime();
    }

    void assertOnLoop() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("only the loop may do this, not " + Thread.currentThread());
        }
    }

    boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /// Runs a task on the loop, soon; from any thread.
    ///
    /// @return false after the end: it does not run
    boolean post(Runnable work) {
        if (ended.getCount() == 0) {
            return false;
        }
        var task = new Task(nanoTime(), work);
        if (!tasks.offer(task)) {
            throw new IllegalStateException("the loop has more than " + MAX_TASKS + " tasks waiting");
        }
        poller().wakeup();
        // The loop may have looked for the last time meanwhile: what is still there after its end stays there.
        return ended.getCount() > 0 || !tasks.remove(task);
    }

    /// Runs a task on the loop and waits for its answer. Never from an I/O thread.
    ///
    /// @throws SupervisorException when the loop does not answer in time or has ended
    <T> T ask(Callable<T> question, Duration bound) {
        if (Thread.currentThread() == thread) {
            throw new IllegalStateException("the loop must not wait for itself");
        }
        var answer = new CompletableFuture<T>();
        post(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception | Error failure) {
                answer.completeExceptionally(failure);
            }
        });
        return await(answer, bound);
    }

    private <T> T await(CompletableFuture<T> answer, Duration bound) {
        try {
            if (ended.getCount() == 0 && !answer.isDone()) {
                throw new SupervisorException("cannot ask the supervisor: it has stopped", new IllegalStateException());
            }
            return answer.get(bound.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("the loop has failed to answer", failure.getCause());
        } catch (TimeoutException late) {
            throw new SupervisorException(
                    "cannot ask the supervisor: no answer within " + bound.toSeconds() + " s", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SupervisorException("cannot ask the supervisor: interrupted", interrupted);
        }
    }

    /// Runs a task on the loop after a delay. Only on the loop. Timers are not cancelled: what comes late is
    /// ignored by whom it is for.
    void after(Duration delay, Runnable task) {
        assertOnLoop();
        timers.add(new Timer(nanoTime() + delay.toNanos(), timersMade++, task));
    }

    /// Connections were accepted, and clients decide how many there are: of many it takes several at each turn. Only on
    /// the loop.
    void accepted(int count) {
        assertOnLoop();
        accepted += count;
    }

    /// How long tasks that were posted have waited for their turn. Only on the loop.
    Measures.Latencies waits() {
        assertOnLoop();
        return waits.read();
    }

    /// Ends the loop after the present task. Only on the loop.
    void end() {
        assertOnLoop();
        running = false;
    }

    boolean awaitEnd(Duration bound) throws InterruptedException {
        return ended.await(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void run() {
        try (var opened = Poller.open()) {
            poller.complete(opened);
            Runnable poll = () -> opened.poll(untilNextTimer());
            while (running) {
                turn(poll);
            }
        } catch (RuntimeException | Error failure) {
            poller.completeExceptionally(failure);
            LOG.error("The loop has failed", failure);
            throw failure;
        } finally {
            ended.countDown();
        }
    }

    /// Apart from [#run], which is called once, and so is compiled late.
    private void turn(Runnable poll) {
        runTasks();
        runTimers();
        if (running) {
            guarded(poll);
        }
        scheduling.count(accepted);
        accepted = 0;
    }

    private void runTasks() {
        if (tasks.isEmpty()) {
            return;
        }
        var batch = new ArrayDeque<Task>();
        tasks.drainTo(batch);
        for (var task : batch) {
            waits.record(nanoTime() - task.postedNanos());
            guarded(task.work());
        }
    }

    private void runTimers() {
        long now = nanoTime();
        while (running && !timers.isEmpty() && timers.element().dueNanos() - now <= 0) {
            guarded(timers.remove().task());
        }
    }

    private Duration untilNextTimer() {
        if (!tasks.isEmpty()) {
            return Duration.ZERO;
        }
        if (timers.isEmpty()) {
            return LONGEST_WAIT;
        }
        long nanos = Math.max(0, timers.element().dueNanos() - nanoTime());
        return nanos < LONGEST_WAIT.toNanos() ? Duration.ofNanos(nanos) : LONGEST_WAIT;
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error failure) {
            // Whatever it is: without the loop nobody would watch the workers, or ever end the stop.
            LOG.error("A handler has failed", failure);
        }
    }
}
