package dev.drover.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What is wanted of a pool: equal workers and the sockets they share. Checked and complete, defaults filled in.
///
/// @param name DNS label, unique in a supervisor
/// @param replicas workers wanted, 0 to 1000
/// @param sockets what the pool listens on, names unique
/// @param template how a worker is started
/// @param maxSurge incarnations above `replicas` while one is replaced
/// @param maxUnavailable workers that may be missing while one is replaced
/// @param minReady how long a new incarnation must have been ready to count as available
/// @param progressDeadline time without progress after which the pool says so
/// @param terminationGrace time between the stop signal and KILL
/// @param restart how long a place stays empty after a worker that failed
/// @param output what becomes of the workers' output
public record PoolSpec(
        String name,
        int replicas,
        List<SocketSpec> sockets,
        Template template,
        Quantity maxSurge,
        Quantity maxUnavailable,
        Duration minReady,
        Duration progressDeadline,
        Duration terminationGrace,
        RestartPolicy restart,
        OutputPolicy output) {

    /// The most workers a pool may have: a bound on processes, shards and the steering table.
    public static final int MAX_REPLICAS = 1000;

    /// The most incarnations of a pool that replacing may lead to: each needs a shard, and the steering program has
    /// room for so many.
    public static final int MAX_INCARNATIONS = 1024;

    private static final int SIGTERM = 15;
    private static final Duration PROGRESS_DEADLINE = Duration.ofSeconds(60);
    private static final Duration TERMINATION_GRACE = Duration.ofSeconds(30);

    public PoolSpec {
        if (replicas < 0 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "pool " + name + ": replicas " + replicas + " is not within 0.." + MAX_REPLICAS);
        }
        sockets = List.copyOf(sockets);
        if (template.protocol() != Template.Protocol.DROVER && sockets.stream().anyMatch(SocketSpec::isDispatched)) {
            throw new IllegalArgumentException(
                    "pool " + name + ": a dispatched socket needs workers of the protocol Drover");
        }
    }

    /// Workers that speak Drover, and the defaults of a pool file: they are replaced one by one, get 30 s to stop,
    /// and are started again when they fail.
    public static PoolSpec of(String name, int replicas, List<String> command, SocketSpec... sockets) {
        var template = new Template(
                Template.Protocol.DROVER, command, Optional.empty(), List.of(), Template.ReadyWhen.NOTIFIED, SIGTERM);
        return new PoolSpec(
                name,
                replicas,
                List.of(sockets),
                template,
                Quantity.of(1),
                Quantity.of(0),
                Duration.ZERO,
                PROGRESS_DEADLINE,
                TERMINATION_GRACE,
                RestartPolicy.DEFAULT,
                OutputPolicy.DEFAULT);
    }

    /// The same pool with another number of workers.
    public PoolSpec withReplicas(int wanted) {
        return new PoolSpec(
                name,
                wanted,
                sockets,
                template,
                maxSurge,
                maxUnavailable,
                minReady,
                progressDeadline,
                terminationGrace,
                restart,
                output);
    }

    /// Incarnations above `replicas` that may live while workers are replaced; 1 where both bounds round to 0. No
    /// more than there can be shards for.
    public int surge() {
        int surge = Math.min(maxSurge.ofRoundedUp(replicas), MAX_INCARNATIONS - replicas);
        return surge == 0 && unavailable() == 0 ? 1 : surge;
    }

    /// Workers that may be missing while workers are replaced.
    public int unavailable() {
        return maxUnavailable.ofRoundedDown(replicas);
    }
}
