package dev.drover.supervisor.pool;

/// An incarnation in its place.
///
/// @param number its number in its place, from 1
/// @param life where it stands
/// @param shard the shard it leases of every sharded socket of the pool
/// @param revision number of the revision it was started from; follows the revision when that gets a new number
/// @param epoch the place's epoch it was started in; an older one than the place's is to be replaced
/// @param startedNanos when it was started
/// @param readyNanos when it became ready, meaningful only in [Life.Ready]
/// @param dueNanos when the next look at its queues is due in [Life.Retiring], the end of its grace in
///     [Life.Draining], of the time for its dump in [Life.Hung], and in [Life.Killed] of the time in which its exit is
///     waited for: timers get lost
/// @param everReady whether it was ever ready
/// @param worn whether it is to be replaced when its turn comes: it has served for long enough, or has grown too large
public record Member(
        int number,
        Life life,
        int shard,
        int revision,
        int epoch,
        long startedNanos,
        long readyNanos,
        long dueNanos,
        boolean everReady,
        boolean worn) {

    static Member spawning(int number, int shard, int revision, int epoch, long nowNanos) {
        return new Member(
                number, new Life.Spawning(false, false), shard, revision, epoch, nowNanos, 0, 0, false, false);
    }

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
                dueNanos,
                everReady || becameReady,
                worn);
    }

    Member due(long nanos) {
        return new Member(number, life, shard, revision, epoch, startedNanos, readyNanos, nanos, everReady, worn);
    }

    Member wornOut() {
        return new Member(number, life, shard, revision, epoch, startedNanos, readyNanos, dueNanos, everReady, true);
    }

    Member renumbered(int from, int to) {
        return revision != from
                ? this
                : new Member(number, life, shard, to, epoch, startedNanos, readyNanos, dueNanos, everReady, worn);
    }

    /// Whether it is to serve: not on its way out.
    public boolean wanted() {
        return life.wanted();
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
