package dev.drover.supervisor;

import dev.drover.supervisor.usage.Usages;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What can be measured of a supervisor and its workers, at one moment. Immutable. What is counted never goes back
/// while the supervisor, or the pool, is the same.
///
/// @param snapshot what it looked like
/// @param loopWaits how long tasks have waited for the loop
/// @param pools in the order of those of the snapshot
/// @param usages what the processes of the snapshot use, and this one; empty when the kernel did not tell in time
public record Measures(Snapshot snapshot, Latencies loopWaits, List<Pool> pools, Optional<Usages> usages) {

    public Measures {
        pools = List.copyOf(pools);
    }

    Measures with(Usages told) {
        return new Measures(snapshot, loopWaits, pools, Optional.of(told));
    }

    /// Of a pool.
    ///
    /// @param name its name
    /// @param exits how many incarnations have ended, by cause; none is left out
    /// @param exitsByWorker the same of each place where one has; never going back, as those of the pool
    /// @param handovers of each Dispatched socket that has had a connection, by its name
    /// @param steered incarnations that new connections of sharded sockets are sent to
    /// @param traffic what each incarnation that has a session has said over it
    public record Pool(
            String name,
            Map<ExitCause, Long> exits,
            Map<WorkerId, Map<ExitCause, Long>> exitsByWorker,
            Map<String, Handovers> handovers,
            Set<Incarnation> steered,
            Map<Incarnation, Traffic> traffic) {
        public Pool {
            exits = Map.copyOf(exits);
            exitsByWorker = Map.copyOf(exitsByWorker);
            handovers = Map.copyOf(handovers);
            steered = Set.copyOf(steered);
            traffic = Map.copyOf(traffic);
        }

        /// How many incarnations of that worker have ended for that cause.
        public long exits(WorkerId worker, ExitCause cause) {
            return exitsByWorker.getOrDefault(worker, Map.of()).getOrDefault(cause, 0L);
        }
    }

    /// Connections that the supervisor has accepted and given away.
    ///
    /// @param latencies from the accept to the acknowledgement of a worker
    /// @param refused how often one was given again because its worker had refused it
    /// @param orphaned how often one was given again because its worker had died before it acknowledged it
    public record Handovers(Latencies latencies, long refused, long orphaned) {}

    /// What an incarnation has said, and heard, over its session.
    ///
    /// @param sent messages and requests that it has sent
    /// @param received messages and requests that its handlers have taken
    public record Traffic(long sent, long received) {
        /// Of who has no session.
        public static final Traffic NONE = new Traffic(0, 0);
    }

    /// How long things took.
    ///
    /// @param counts how many took at most each of [#BOUNDS_NANOS] and more than the one before; the last is of
    ///     longer ones
    /// @param sumNanos together
    public record Latencies(List<Long> counts, long sumNanos) {
        /// Upper bounds, in nanoseconds, ascending.
        public static final List<Long> BOUNDS_NANOS = List.of(
                100_000L,
                500_000L,
                1_000_000L,
                5_000_000L,
                10_000_000L,
                50_000_000L,
                100_000_000L,
                500_000_000L,
                1_000_000_000L,
                5_000_000_000L);

        /// Nothing yet.
        public static final Latencies NONE = of(new long[BOUNDS_NANOS.size() + 1], 0);

        public Latencies {
            counts = List.copyOf(counts);
            if (counts.size() != BOUNDS_NANOS.size() + 1) {
                throw new IllegalArgumentException(counts.size() + " counts for " + BOUNDS_NANOS.size() + " bounds");
            }
        }

        static Latencies of(long[] counts, long sumNanos) {
            return new Latencies(Arrays.stream(counts).boxed().toList(), sumNanos);
        }
    }

    /// Of the pool of that name.
    public Optional<Pool> pool(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /// Of an incarnation; empty when it has no session.
    public Optional<Traffic> traffic(Incarnation incarnation) {
        return pool(incarnation.worker().pool()).map(pool -> pool.traffic().get(incarnation));
    }
}
