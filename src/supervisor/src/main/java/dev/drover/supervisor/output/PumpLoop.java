package dev.drover.supervisor.output;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the thread `drover-output` does: one loop that owns the read ends of all pipes and never blocks on anything
/// but its poller. Other threads leave word under the lock and wake it.
final class PumpLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PumpLoop.class);
    private static final long IDLE_NANOS = Duration.ofHours(1).toNanos();

    private final LineQueue queue;
    private final InstantSource clock;
    private final Poller poller = Poller.open();

    // Of the loop's thread.
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(PipeReader.CHUNK_BYTES);
    private final LinkedHashMap<OutputCapture, CapturedPipes> captures = new LinkedHashMap<>();
    private final Set<OutputCapture> concluding = new LinkedHashSet<>();

    private final AtomicBoolean relief = new AtomicBoolean();
    private final ReentrantLock lock = new ReentrantLock();

    /// Captures to look at, with the read ends of those that are new. Bounded, as it holds each at most once.
    @GuardedBy("lock")
    private Map<OutputCapture, Optional<ReadEnds>> changed = new LinkedHashMap<>();

    /// In the time of [System#nanoTime]; empty until somebody closes.
    @GuardedBy("lock")
    private OptionalLong closeDeadline = OptionalLong.empty();

    /// From then on nobody looks at `changed` any more.
    @GuardedBy("lock")
    private boolean ended;

    record ReadEnds(Fd stdout, Fd stderr) {
        void close() {
            try (stdout) {
                stderr.close();
            }
        }
    }

    PumpLoop(LineQueue queue, InstantSource clock) {
        this.queue = queue;
        this.clock = clock;
    }

    /// Takes the read ends over; answers false, and takes nothing, once the loop closes.
    boolean add(OutputCapture capture, ReadEnds readEnds) {
        lock.lock();
        try {
            if (closeDeadline.isPresent() || ended) {
                return false;
            }
            changed.put(capture, Optional.of(readEnds));
        } finally {
            lock.unlock();
        }
        poller.wakeup();
        return true;
    }

    void change(OutputCapture capture) {
        lock.lock();
        try {
            if (!ended) {
                changed.putIfAbsent(capture, Optional.empty());
                poller.wakeup();
                return;
            }
        } finally {
            lock.unlock();
        }
        capture.completeConclusion();
    }

    /// Says that the queue has room again.
    void relieve() {
        relief.set(true);
        poller.wakeup();
    }

    /// Has the loop end as soon as everything is read that the pipes hold now, at the latest at the deadline.
    void close(long deadline) {
        lock.lock();
        try {
            closeDeadline = closeDeadline.isPresent() ? closeDeadline : OptionalLong.of(deadline);
        } finally {
            lock.unlock();
        }
        poller.wakeup();
    }

    @Override
    public void run() {
        try (poller) {
            while (closing().isEmpty() || !captures.isEmpty()) {
                turn();
            }
        } finally {
            end();
        }
    }

    /// A failure in here is a bug, and must not cost the workers their output.
    private void turn() {
        try {
            poller.poll(Duration.ofNanos(nanosLeft()));
            takeChanges();
            if (relief.getAndSet(false)) {
                captures.values().forEach(CapturedPipes::resume);
                rotate();
            }
            concluding.removeIf(this::conclude);
            closing().ifPresent(this::closeAll);
            captures.values().removeIf(CapturedPipes::isEnded);
        } catch (RuntimeException failure) {
            LOG.atError().setCause(failure).log("Output pump failed, going on");
        }
    }

    private long nanosLeft() {
        long now = System.nanoTime();
        long left = IDLE_NANOS;
        for (var capture : concluding) {
            left = Math.min(left, capture.conclusion().orElseThrow().deadline() - now);
        }
        var closing = closing();
        return Math.max(0, closing.isPresent() ? Math.min(left, closing.getAsLong() - now) : left);
    }

    private OptionalLong closing() {
        lock.lock();
        try {
            return closeDeadline;
        } finally {
            lock.unlock();
        }
    }

    private void takeChanges() {
        takeChanged().forEach((capture, readEnds) -> {
            readEnds.ifPresent(added -> captures.put(capture, open(capture, added)));
            var pipes = captures.get(capture);
            if (pipes == null) {
                // Both pipes had come to their end before.
                capture.completeConclusion();
                return;
            }
            pipes.resume();
            if (capture.conclusion().isPresent()) {
                concluding.add(capture);
            }
        });
    }

    private Map<OutputCapture, Optional<ReadEnds>> takeChanged() {
        lock.lock();
        try {
            var taken = changed;
            changed = new LinkedHashMap<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private CapturedPipes open(OutputCapture capture, ReadEnds readEnds) {
        return new CapturedPipes(capture, readEnds.stdout(), readEnds.stderr(), queue, clock, poller, chunk);
    }

    /// Has another capture come first at the next relief, so that none is always too late for the room there is.
    private void rotate() {
        var first = captures.pollFirstEntry();
        if (first != null) {
            captures.putLast(first.getKey(), first.getValue());
        }
    }

    private boolean conclude(OutputCapture capture) {
        var pipes = captures.get(capture);
        if (pipes == null) {
            capture.completeConclusion();
            return true;
        }
        return pipes.conclude(
                System.nanoTime() - capture.conclusion().orElseThrow().deadline() >= 0);
    }

    private void closeAll(long deadline) {
        boolean late = System.nanoTime() - deadline >= 0;
        captures.values().removeIf(pipes -> {
            boolean concluded = pipes.conclude(late);
            if (concluded) {
                pipes.close();
            }
            return concluded;
        });
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
        } finally {
            lock.unlock();
        }
        takeChanged().forEach((capture, readEnds) -> {
            readEnds.ifPresent(ReadEnds::close);
            capture.completeConclusion();
        });
        captures.values().forEach(CapturedPipes::close);
    }
}
