package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.OutputPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// What one incarnation writes. Thread-safe; no call waits.
///
/// The lines of one stream are in order. Between stdout and stderr there is no order but that in which they were
/// read.
public final class OutputCapture {
    private final Incarnation incarnation;
    private final OutputPolicy policy;
    private final LineQueue queue;
    private final OutputLog log;
    private final Consumer<OutputCapture> onChange;
    private final LineQueue.Account account = new LineQueue.Account();
    private final ReentrantLock lock = new ReentrantLock();

    /// Empty until the process is known: one that could not be spawned has no lines.
    @GuardedBy("lock")
    private Optional<KeptLines> kept = Optional.empty();

    @GuardedBy("lock")
    private OptionalLong pid = OptionalLong.empty();

    @GuardedBy("lock")
    private Optional<Conclusion> conclusion = Optional.empty();

    /// @param deadline in the time of [System#nanoTime]
    record Conclusion(long deadline, CompletableFuture<List<String>> lines) {}

    /// @param log keeps the last lines
    /// @param onChange told, without the lock, when the pump has something to do for this capture
    OutputCapture(
            Incarnation incarnation,
            OutputPolicy policy,
            LineQueue queue,
            OutputLog log,
            Consumer<OutputCapture> onChange) {
        this.incarnation = incarnation;
        this.policy = policy;
        this.queue = queue;
        this.log = log;
        this.onChange = onChange;
    }

    /// Says which process it is. Lines wait for it, since each carries the pid: say it right after the spawn.
    public void started(long processId) {
        lock.lock();
        try {
            pid = OptionalLong.of(processId);
            kept = Optional.of(log.begin(incarnation, policy.tailLines()));
        } finally {
            lock.unlock();
        }
        onChange.accept(this);
    }

    /// Asks, once the process has ended, for its last lines, oldest first, at most `tailLines` of the policy.
    ///
    /// They are there when everything is read that was in the pipes at that moment, an incomplete last line
    /// included, whether or not a descendant still holds them open. With [OutputPolicy.WhenFull#BLOCK] and a full
    /// queue that has to wait for room, up to the bound; what finds none even then is dropped as with DROP.
    /// Afterwards the pipes are still read until their end, and nobody is blocked any more, whatever the policy.
    ///
    /// The result completes on the pump's thread: what depends on it must not block. Asking again
    /// gives the same result.
    public CompletableFuture<List<String>> conclude(Duration bound) {
        CompletableFuture<List<String>> lines;
        lock.lock();
        try {
            if (conclusion.isEmpty()) {
                long deadline = System.nanoTime() + bound.toNanos();
                conclusion = Optional.of(new Conclusion(deadline, new CompletableFuture<>()));
            }
            lines = conclusion.get().lines();
        } finally {
            lock.unlock();
        }
        kept().ifPresent(log::end);
        onChange.accept(this);
        return lines;
    }

    /// The last lines so far, oldest first, at most `tailLines` of the policy and a mebibyte of text; those that were
    /// dropped on the way
    /// to the sink are among them.
    public List<String> lastLines() {
        return kept().map(log::texts).orElse(List.of());
    }

    private Optional<KeptLines> kept() {
        lock.lock();
        try {
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /// How many lines never reached the sink.
    public long droppedLines() {
        return queue.dropped(account);
    }

    /// Whose output it is.
    public Incarnation incarnation() {
        return incarnation;
    }

    OutputPolicy policy() {
        return policy;
    }

    LineQueue.Account account() {
        return account;
    }

    OptionalLong pid() {
        lock.lock();
        try {
            return pid;
        } finally {
            lock.unlock();
        }
    }

    Optional<Conclusion> conclusion() {
        lock.lock();
        try {
            return conclusion;
        } finally {
            lock.unlock();
        }
    }

    void keep(OutputLine line) {
        kept().ifPresent(lines -> log.add(lines, line));
    }

    /// Completes the conclusion, if one was asked for, with what is there.
    void completeConclusion() {
        conclusion().ifPresent(asked -> asked.lines().complete(lastLines()));
    }
}
