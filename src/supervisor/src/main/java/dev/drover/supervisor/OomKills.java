package dev.drover.supervisor;

import java.time.Duration;
import java.util.function.LongSupplier;

/// What the kernel tells of those it has killed for lack of memory: how many, not whom. Pure but for the counter it
/// reads. Belongs to the loop.
///
/// A kill is good for one worker that was killed, and only for a while: one that hit something else, such as a child of
/// a worker, must not explain a death that has nothing to do with it.
final class OomKills {
    /// From the kill, which is counted first, to the end of the process: its memory has to be given back.
    static final Duration WINDOW = Duration.ofSeconds(3);

    private final LongSupplier counter;
    private long seen;
    private long open;
    private long openUntilNanos;

    /// @param counter kills since some moment; where it cannot be read, what it was
    OomKills(LongSupplier counter) {
        this.counter = counter;
        this.seen = counter.getAsLong();
    }

    /// Those of our own memory cgroup, and below it; where there is none that tells, none ever.
    static OomKills own() {
        return MemoryCgroup.own().map(OomKills::of).orElseGet(() -> new OomKills(() -> 0));
    }

    private static OomKills of(MemoryCgroup cgroup) {
        var last = new long[1];
        return new OomKills(() -> {
            last[0] = cgroup.killed().orElse(last[0]);
            return last[0];
        });
    }

    /// Looks; to be called at least once in the window, so that no kill is taken for younger than it is.
    ///
    /// @return kills that explain no death yet
    long look(long nowNanos) {
        long now = counter.getAsLong();
        if (nowNanos - openUntilNanos >= 0) {
            open = 0;
        }
        if (now > seen) {
            open += now - seen;
            openUntilNanos = nowNanos + WINDOW.toNanos();
        }
        seen = now;
        return open;
    }

    /// So many have been used to explain deaths.
    void use(long kills) {
        open -= kills;
    }
}
