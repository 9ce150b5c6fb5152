package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Somebody who reads workers' lines. It takes them at its own pace; of what comes meanwhile the newest lines are kept
/// for it, bounded, and it is told how many it has lost.
///
/// One thread takes, any thread may close it.
public final class LogReader implements AutoCloseable {
    /// Lines that wait for one reader, beside those that were kept when it began.
    static final int MAX_LINES = 8192;

    /// The same for long lines, as UTF-16.
    static final int MAX_BYTES = 2 << 20;

    private final LogScope scope;
    private final Consumer<LogReader> onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /// What was kept when it began.
    @GuardedBy("lock")
    private final ArrayDeque<OutputLine> first;

    @GuardedBy("lock")
    private final ArrayDeque<OutputLine> waiting = new ArrayDeque<>();

    @GuardedBy("lock")
    private int bytes;

    @GuardedBy("lock")
    private long lost;

    /// What is read at once.
    ///
    /// @param lines oldest first
    /// @param lost how many lines before them are missing
    public record Batch(List<OutputLine> lines, long lost) {
        public Batch {
            lines = List.copyOf(lines);
        }

        /// Whether there is nothing to tell.
        public boolean isEmpty() {
            return lines.isEmpty() && lost == 0;
        }
    }

    LogReader(LogScope scope, List<OutputLine> first, Consumer<LogReader> onClose) {
        this.scope = scope;
        this.first = new ArrayDeque<>(first);
        this.onClose = onClose;
    }

    void offer(OutputLine line) {
        if (!scope.contains(line.incarnation().worker())) {
            return;
        }
        lock.lock();
        try {
            waiting.add(line);
            bytes += KeptLines.bytesOf(line);
            while (waiting.size() > MAX_LINES || (bytes > MAX_BYTES && waiting.size() > 1)) {
                bytes -= KeptLines.bytesOf(waiting.remove());
                lost++;
            }
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /// Takes what is there; waits until there is something, or the time is over: then the batch is empty.
    ///
    /// @param maxLines at most so many
    /// @param maxChars at most so much text, unless one line alone has more
    public Batch take(int maxLines, int maxChars, Duration bound) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = bound.toNanos();
            while (first.isEmpty() && waiting.isEmpty() && left > 0) {
                left = arrived.awaitNanos(left);
            }
            return first.isEmpty() ? takeWaiting(maxLines, maxChars) : new Batch(some(first, maxLines, maxChars), 0);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private Batch takeWaiting(int maxLines, int maxChars) {
        var batch = new Batch(some(waiting, maxLines, maxChars), lost);
        batch.lines().forEach(line -> bytes -= KeptLines.bytesOf(line));
        lost = 0;
        return batch;
    }

    private static List<OutputLine> some(ArrayDeque<OutputLine> lines, int maxLines, int maxChars) {
        var some = new ArrayList<OutputLine>();
        int chars = 0;
        while (!lines.isEmpty() && some.size() < maxLines) {
            chars += lines.element().text().length();
            if (chars > maxChars && !some.isEmpty()) {
                break;
            }
            some.add(lines.remove());
        }
        return some;
    }

    /// Reads on no more. Idempotent.
    @Override
    public void close() {
        onClose.accept(this);
    }
}
