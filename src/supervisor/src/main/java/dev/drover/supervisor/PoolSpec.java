package dev.drover.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// What is wanted of a pool: equal workers and the sockets they share. Checked and complete, defaults filled in.
///
/// @param name DNS label, unique in a supervisor
/// @param replicas workers wanted, 0 to 1000
/// @param sockets what the pool listens on, names unique
/// @param template how a worker is started
/// @param maxSurge incarnations above `replicas` while one is replaced
/// @param maxUnavailable workers that may be missing while one is replaced
/// @param minReady how long a new incarnation must have been ready to count as available
/// @param progressDeadline time without progress after which a rollout has failed, longer than `minReady`
/// @param revisionHistoryLimit former revisions that are kept for an undo, 0 or more
/// @param rollbackOnFailure whether a rollout that has failed makes the last good revision the wanted one again
/// @param terminationGrace time between the stop signal and KILL
/// @param restart how long a place stays empty after a worker that failed
/// @param recycle when a worker that serves is replaced although nothing is wrong with it
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
        int revisionHistoryLimit,
        boolean rollbackOnFailure,
        Duration terminationGrace,
        RestartPolicy restart,
        RecyclePolicy recycle,
        OutputPolicy output) {

    /// The most workers a pool may have: a bound on processes, shards and the steering table.
    public static final int MAX_REPLICAS = 1000;

    /// The most incarnations of a pool that replacing may lead to: each needs a shard, and the steering program has
    /// room for so many.
    public static final int MAX_INCARNATIONS = 1024;

    private static final int SIGTERM = 15;
    private static final Duration PROGRESS_DEADLINE = Duration.ofSeconds(60);
    private static final int REVISION_HISTORY_LIMIT = 10;
    private static final Duration TERMINATION_GRACE = Duration.ofSeconds(30);

    public PoolSpec {
        if (replicas < 0 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "pool " + name + ": replicas " + replicas + " is not within 0.." + MAX_REPLICAS);
        }
        if (revisionHistoryLimit < 0) {
            throw new IllegalArgumentException(
                    "pool " + name + ": revisionHistoryLimit " + revisionHistoryLimit + " is below 0");
        }
        if (isZero(maxSurge) && isZero(maxUnavailable)) {
            throw new IllegalArgumentException(
                    "pool " + name + ": maxSurge and maxUnavailable are both 0, so nothing could be replaced");
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
                REVISION_HISTORY_LIMIT,
                false,
                TERMINATION_GRACE,
                RestartPolicy.DEFAULT,
                RecyclePolicy.NEVER,
                OutputPolicy.DEFAULT);
    }

    /// Whether workers must be started anew to have these sockets instead of those of another spec: they inherit them,
    /// and find them by name and place.
    public boolean inheritsOthersThan(PoolSpec other) {
        return template.protocol() == Template.Protocol.SYSTEMD
                && other.template.protocol() == Template.Protocol.SYSTEMD
                && !(sockets.size() == other.sockets.size()
                        && IntStream.range(0, sockets.size())
                                .allMatch(place -> other.sockets.get(place).becomesInPlace(sockets.get(place))));
    }

    private static boolean isZero(Quantity quantity) {
        return quantity.value() == 0;
    }

    /// The same pool with another number of workers.
    public PoolSpec withReplicas(int wanted) {
        return with(wanted, template);
    }

    /// The same pool with workers that are started in another way.
    public PoolSpec withTemplate(Template wanted) {
        return with(replicas, wanted);
    }

    private PoolSpec with(int nextReplicas, Template nextTemplate) {
        return new PoolSpec(
                name,
                nextReplicas,
                sockets,
                nextTemplate,
                maxSurge,
                maxUnavailable,
                minReady,
                progressDeadline,
                revisionHistoryLimit,
                rollbackOnFailure,
                terminationGrace,
                restart,
                recycle,
                output);
    }

    /// Incarnations above `replicas` that may live while workers are replaced: `maxSurge`, a percentage rounded up.
    /// No more than there can be shards for.
    public int surge() {
        return Math.min(maxSurge.ofRoundedUp(replicas), MAX_INCARNATIONS - replicas);
    }

    /// Workers that may be missing while workers are replaced: `maxUnavailable`, a percentage rounded down; at most
    /// all. 1 where both bounds come to 0, as in a Deployment: who wants no surge has no room for one.
    public int unavailable() {
        int most = Math.min(maxUnavailable.ofRoundedDown(replicas), replicas);
        return most == 0 && surge() == 0 ? Math.min(1, replicas) : most;
    }
}
