package dev.drover.bench;

import java.time.Duration;
import java.util.Arrays;

/// How long round trips took.
///
/// @param p50 half of them took no longer, in microseconds
/// @param p99 99 of 100 took no longer, in microseconds
record RoundTrips(double p50, double p99) {
    /// Of a peer: both numbers in a line.
    static RoundTrips parse(String line) {
        var words = line.strip().split(" ", -1);
        return new RoundTrips(Double.parseDouble(words[0]), Double.parseDouble(words[1]));
    }

    /// Takes the time of each, for so long. For one thread at a time.
    static final class Watch {
        /// More than there are in a second.
        private static final int MAX_SAMPLES = 1 << 20;

        private final long[] nanos = new long[MAX_SAMPLES];
        private final long durationNanos;
        private final long start = System.nanoTime();
        private long before = start;
        private int count;

        Watch(Duration duration) {
            this.durationNanos = duration.toNanos();
        }

        /// One has ended, and the next begins.
        ///
        /// @return whether there is to be a next
        boolean lap() {
            long now = System.nanoTime();
            nanos[count] = now - before;
            before = now;
            count++;
            return now - start < durationNanos && count < MAX_SAMPLES;
        }

        RoundTrips result() {
            Arrays.sort(nanos, 0, count);
            return new RoundTrips(nanos[count / 2] / 1e3, nanos[(int) (count * 0.99)] / 1e3);
        }
    }
}
