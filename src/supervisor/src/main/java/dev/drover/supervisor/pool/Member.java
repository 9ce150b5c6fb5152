package dev.drover.supervisor.pool;

/// An incarnation in its place.
///
/// @param number its number in its place, from 1
/// @param life where it stands
/// @param shard the shard it leases of every sharded socket of the pool
/// @param revision of the template it was started from
/// @param epoch the place's epoch it was started in; an older one than the place's is to be replaced
/// @param startedNanos when it was started
/// @param readyNanos when it became ready, meaningful only in [Life.Ready]
/// @param everReady whether it was ever ready
public record Member(
        int number,
        Life life,
        int shard,
        int revision,
        int epoch,
        long startedNanos,
        long readyNanos,
        boolean everReady) {

    Member with(Life next, long nowNanos) {
        boolean becameReady = next instanceof Life.Ready && !(life instanceof Life.Ready);
        return new Member(
                number,
                next,
                shard,
                revision,
                epoch,
                startedNanos,
                becameReady ? nowNanos : readyNanos,
                everReady || becameReady);
    }

    /// Whether it gets new connections.
    public boolean ready() {
        return life instanceof Life.Ready;
    }

    boolean leaving() {
        return life.alive() && !life.wanted();
    }

    /// Whether it has been ready for long enough.
    public boolean availableAt(long nowNanos, long minReadyNanos) {
        return ready() && nowNanos - readyNanos >= minReadyNanos;
    }
}
