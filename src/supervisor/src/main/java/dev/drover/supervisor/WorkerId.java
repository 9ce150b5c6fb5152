package dev.drover.supervisor;

/// A place in a pool, written `POOL-ORDINAL`.
///
/// @param pool name of the pool
/// @param ordinal 0 is the first
public record WorkerId(String pool, int ordinal) implements Comparable<WorkerId> {

    @Override
    public int compareTo(WorkerId other) {
        int byPool = pool.compareTo(other.pool);
        return byPool != 0 ? byPool : Integer.compare(ordinal, other.ordinal);
    }

    @Override
    public String toString() {
        return pool + "-" + ordinal;
    }
}
