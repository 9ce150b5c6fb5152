package dev.drover.supervisor;

/// Counts how long things took. Not thread-safe: for the loop.
final class LatencyCount {
    private final long[] counts = new long[Measures.Latencies.BOUNDS_NANOS.size() + 1];
    private long sumNanos;

    void record(long nanos) {
        int bucket = 0;
        while (bucket < counts.length - 1 && nanos > Measures.Latencies.BOUNDS_NANOS.get(bucket)) {
            bucket++;
        }
        counts[bucket]++;
        sumNanos += Math.max(0, nanos);
    }

    Measures.Latencies read() {
        return Measures.Latencies.of(counts, sumNanos);
    }
}
