package dev.drover.supervisor;

/// Counts what becomes of the connections of one Dispatched socket. Belongs to the loop.
final class HandoverCount {
    private final LatencyCount latencies = new LatencyCount();
    private long refused;
    private long orphaned;

    void taken(long nanos) {
        latencies.record(nanos);
    }

    void refused(int count) {
        refused += count;
    }

    void orphaned() {
        orphaned++;
    }

    Measures.Handovers read() {
        return new Measures.Handovers(latencies.read(), refused, orphaned);
    }
}
