package dev.drover.posix;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Schedules a thread as one that is in no hurry while it has much to do: SCHED_BATCH of
/// [sched(7)](https://man7.org/linux/man-pages/man7/sched.7.html).
///
/// To wake such a thread takes no processor from whoever runs there. One that is woken for each of thousands of small
/// things finds several of them at once then, and does not cost the others their caches each time. The price is its
/// turn: where every processor is busy, and nobody there waits for anything, it comes with the kernel's next tick, 4 ms
/// later at most at 250 Hz. A processor that is idle takes it at once; and so does any while the thread has little to
/// do, which is scheduled as every other thread then (SCHED_OTHER).
///
/// A thread that it starts meanwhile inherits this. Where the kernel or the C library refuses (musl does), nothing
/// changes. For the thread that is scheduled, and for no other.
public final class BatchScheduling {
    /// From so many things a second on there is much to do; below the half of it, no more.
    static final int MANY_PER_SECOND = 1000;

    /// For how long they are counted.
    static final long WINDOW_NANOS = 100_000_000;

    /// Tells the kernel.
    static final Predicate<Boolean> SCHEDULE = BatchScheduling::schedule;

    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final LongSupplier nanoTime;
    private final Predicate<Boolean> schedule;
    private long windowStart;
    private long counted;
    private boolean batch;
    private boolean refused;

    /// Of the thread that calls [#count].
    public BatchScheduling() {
        this(System::nanoTime, SCHEDULE);
    }

    /// @param schedule is told whether to be in no hurry, and answers whether the thread is scheduled so
    BatchScheduling(LongSupplier nanoTime, Predicate<Boolean> schedule) {
        this.nanoTime = nanoTime;
        this.schedule = schedule;
        this.windowStart = nanoTime.getAsLong();
    }

    /// The thread has so many things more to do, and may be scheduled otherwise from now on.
    public void count(int things) {
        counted += things;
        long now = nanoTime.getAsLong();
        if (now - windowStart >= WINDOW_NANOS) {
            long perSecond = counted * NANOS_PER_SECOND / (now - windowStart);
            windowStart = now;
            counted = 0;
            set(perSecond >= (batch ? MANY_PER_SECOND / 2 : MANY_PER_SECOND));
        }
    }

    private void set(boolean much) {
        if (much != batch && !refused) {
            refused = !schedule.test(much);
            batch = much;
        }
    }

    private static boolean schedule(boolean batch) {
        try (var arena = Arena.ofConfined()) {
            // struct sched_param: neither of the two has a priority.
            var param = arena.allocateFrom(JAVA_INT, 0);
            return SysProcess.schedSetscheduler(batch ? SysProcess.SCHED_BATCH : SysProcess.SCHED_OTHER, param) == 0;
        }
    }
}
