package dev.drover.supervisor;

import dev.drover.session.Load;
import dev.drover.supervisor.pool.Revision;
import dev.drover.supervisor.pool.RolloutStatus;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What a supervisor looks like at one moment. Immutable; made by the loop, read by anyone without waiting.
///
/// @param pools by name
/// @param stopping whether the supervisor has been told to stop
public record Snapshot(List<Pool> pools, boolean stopping) {

    public Snapshot {
        pools = List.copyOf(pools);
    }

    /// The pool of that name.
    public Optional<Pool> pool(String name) {
        return pools.stream().filter(pool -> pool.spec().name().equals(name)).findFirst();
    }

    /// A pool.
    ///
    /// @param spec what is wanted
    /// @param generation counts the changes of `spec`, from 1
    /// @param revision number of the wanted revision
    /// @param version changes with every change of the pool
    /// @param alive incarnations with a process
    /// @param ready incarnations that are ready
    /// @param updated incarnations with a process of the current revision
    /// @param available incarnations that have been ready for `minReady`
    /// @param sockets in the order of the spec
    /// @param workers by ordinal, then incarnation; an empty place has one entry too
    /// @param conditions Available, Progressing, Degraded
    /// @param rollout how the rollout of the wanted revision stands
    /// @param history the revisions that are kept, by number; the last is the wanted one
    /// @param leaving whether nobody wants it any more: its workers finish what is in hand, then it is gone
    /// @param failed whether a place was given up: it stays empty until it is asked for, or another is wanted
    /// @param awaited whether it came while others served, and was never available: nobody relies on it yet
    public record Pool(
            PoolSpec spec,
            int generation,
            int revision,
            long version,
            int alive,
            int ready,
            int updated,
            int available,
            List<Socket> sockets,
            List<Worker> workers,
            List<Condition> conditions,
            RolloutStatus rollout,
            List<Revision> history,
            boolean leaving,
            boolean failed,
            boolean awaited) {

        public Pool {
            sockets = List.copyOf(sockets);
            workers = List.copyOf(workers);
            conditions = List.copyOf(conditions);
            history = List.copyOf(history);
        }

        /// Wanted workers that are not available.
        public int unavailable() {
            return Math.max(0, spec.replicas() - available);
        }
    }

    /// A socket.
    ///
    /// @param name as in the spec
    /// @param distribution as in the spec
    /// @param address the address it is bound to
    /// @param shards listeners open
    /// @param queued connections that wait: to be accepted, or with the supervisor until a worker takes them
    public record Socket(
            String name, SocketSpec.Distribution distribution, SocketAddress address, int shards, int queued) {}

    /// An incarnation, or an empty place.
    ///
    /// @param id the place
    /// @param incarnation its number; 0 where none has been started
    /// @param phase where it stands
    /// @param pid process id, 0 where there is no process
    /// @param revision of the template it was started from, 0 where there is no process
    /// @param startedAt when its process was started
    /// @param readySince since when it has been ready
    /// @param restarts how often the place was filled again after an end that was not asked for
    /// @param lastExit how the incarnation before ended
    /// @param leases the shards it accepts from
    /// @param statusText what it last said of itself
    /// @param session its session; empty when it has none
    /// @param unhealthy why its probes do not pass; empty when they do, or have not been asked yet
    public record Worker(
            WorkerId id,
            int incarnation,
            Phase phase,
            long pid,
            int revision,
            Optional<Instant> startedAt,
            Optional<Instant> readySince,
            int restarts,
            Optional<ExitReport> lastExit,
            List<Lease> leases,
            String statusText,
            Optional<Session> session,
            String unhealthy) {

        public Worker {
            leases = List.copyOf(leases);
        }
    }

    /// The session of an incarnation.
    ///
    /// @param lastHeartbeat when it last gave a sign of life, or opened
    /// @param load what it has in hand; empty when it does not tell
    /// @param roundTrip how long the last ping over it took; empty until one was answered
    public record Session(Instant lastHeartbeat, Optional<Load> load, Optional<Duration> roundTrip) {}

    /// Where an incarnation stands.
    public enum Phase {
        /// The place is empty and is filled when there is room.
        PENDING,
        /// The place is empty and waits for the end of its back-off.
        BACKING_OFF,
        /// The place is empty and stays so: its workers have failed too often.
        FAILED,
        /// Its process is started and not ready yet.
        STARTING,
        /// It gets new connections.
        READY,
        /// It was ready and is not now: it gets no new connection and keeps what it has.
        UNREADY,
        /// It hangs: it writes down its threads and is killed.
        HUNG,
        /// It gets no new connection; what waits in its shards still reaches it.
        RETIRING,
        /// It was told to stop and finishes what is in hand.
        DRAINING,
        /// It was killed and its exit has not been seen yet.
        KILLED
    }

    /// The right of one incarnation to accept from one listener.
    ///
    /// @param socket name of the socket
    /// @param shard number of the shard, 0 for the one listener of a shared socket
    /// @param queued connections waiting in it
    public record Lease(String socket, int shard, int queued) {}

    /// One aspect of a pool's state, as in Kubernetes.
    ///
    /// @param type which aspect
    /// @param holds whether it is true
    /// @param reason CamelCase, for programs: a word of [dev.drover.supervisor.pool.Aspect.Reason]
    /// @param message a sentence, for people
    /// @param since when `holds` last changed
    public record Condition(ConditionType type, boolean holds, String reason, String message, Instant since) {}

    /// The aspects of a pool's state.
    public enum ConditionType {
        /// `replicas - maxUnavailable` workers are available.
        AVAILABLE,
        /// The pool is on its way to what is wanted, or there.
        PROGRESSING,
        /// Some worker keeps failing.
        DEGRADED;

        String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }
}
