package dev.drover.supervisor.usage;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads from /proc what processes use, while somebody asks. On a thread of its own, which ends when nobody does: the
/// kernel may let a reader wait.
///
/// A process is read at most every [#FRESH], however many ask.
public final class UsageMeter implements AutoCloseable {
    /// How old an answer may be: so that it can be asked often by many.
    public static final Duration FRESH = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(UsageMeter.class);

    /// Questions that may wait; each but the first is answered from what was read for the one before.
    private static final int MAX_WAITING = 256;

    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ProcFiles files;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            0,
            1,
            IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("drover-usage").daemon(true).factory());

    /// Of those that were asked for last, by pid. Belongs to the meter's thread: there is one at a time.
    private final Map<Long, Known> known = new HashMap<>();

    private record Known(long nanos, long startedTicks, ProcessUsage usage) {}

    /// Reads `/proc`.
    public UsageMeter() {
        this(Path.of("/proc"), InstantSource.system(), System::nanoTime);
    }

    UsageMeter(Path proc, InstantSource clock, LongSupplier nanoTime) {
        this.files = new ProcFiles(proc);
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /// Asks what these processes use; any thread, returns at once.
    ///
    /// @return completes on the meter's thread; fails when too many have asked, or after the end
    public CompletableFuture<Usages> ask(Set<Long> pids) {
        var asked = Set.copyOf(pids);
        var answer = new CompletableFuture<Usages>();
        try {
            thread.execute(() -> answer(asked, answer));
        } catch (RejectedExecutionException full) {
            answer.completeExceptionally(full);
        }
        return answer;
    }

    private void answer(Set<Long> pids, CompletableFuture<Usages> answer) {
        try {
            answer.complete(measure(pids));
        } catch (RuntimeException failure) {
            LOG.warn("Usage not read: {}", failure.toString());
            answer.completeExceptionally(failure);
        }
    }

    private Usages measure(Set<Long> pids) {
        known.keySet().retainAll(pids);
        pids.forEach(this::refresh);
        var processes = new HashMap<Long, ProcessUsage>();
        known.forEach((pid, read) -> processes.put(pid, read.usage()));
        var first = processes.values().stream().map(ProcessUsage::time).min(Instant::compareTo);
        return new Usages(first.orElseGet(clock::instant), processes);
    }

    private void refresh(long pid) {
        var before = known.get(pid);
        long now = nanoTime.getAsLong();
        if (before != null && now - before.nanos() < FRESH.toNanos()) {
            return;
        }
        var reading = files.read(pid);
        if (reading.isEmpty()) {
            known.remove(pid);
            return;
        }
        var is = reading.get();
        var cores = before != null && before.startedTicks() == is.startedTicks()
                ? OptionalDouble.of(
                        ProcessUsage.seconds(is.cpu().minus(before.usage().cpu()))
                                / ProcessUsage.seconds(Duration.ofNanos(now - before.nanos())))
                : OptionalDouble.empty();
        var usage = new ProcessUsage(
                pid, clock.instant(), is.cpu(), cores, is.residentBytes(), is.threads(), is.descriptors());
        known.put(pid, new Known(now, is.startedTicks(), usage));
    }

    /// Answers nobody any more.
    @Override
    public void close() {
        thread.shutdownNow();
    }
}
