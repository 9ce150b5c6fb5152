package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.supervisor.Incarnation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// A sink that keeps what it gets and takes nothing while it is shut, as a terminal that has stopped.
final class CollectingSink implements OutputSink {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    @GuardedBy("lock")
    private final List<OutputLine> lines = new ArrayList<>();

    @GuardedBy("lock")
    private boolean shut;

    @Override
    public void write(OutputLine line) {
        lock.lock();
        try {
            while (shut) {
                changed.await();
            }
            lines.add(line);
            changed.signalAll();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    void shut(boolean now) {
        lock.lock();
        try {
            shut = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<OutputLine> lines() {
        lock.lock();
        try {
            return List.copyOf(lines);
        } finally {
            lock.unlock();
        }
    }

    List<String> textsOf(Incarnation incarnation) {
        return lines().stream()
                .filter(line -> line.incarnation().equals(incarnation))
                .map(OutputLine::text)
                .toList();
    }

    /// Waits until there is a line like this.
    void await(Predicate<OutputLine> wanted) throws InterruptedException {
        long left = DEADLINE.toNanos();
        lock.lock();
        try {
            while (lines.stream().noneMatch(wanted)) {
                if (left <= 0) {
                    throw new AssertionError("no such line came, but " + lines);
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
