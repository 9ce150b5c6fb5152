package dev.drover.supervisor.pool;

/// How a rollout stands, in the sentences of `kubectl rollout status`. Pure, of one state.
public sealed interface RolloutStatus {
    /// Number of the wanted revision.
    int revision();

    /// A sentence for people.
    String message();

    /// Every worker of the revision is available and nobody else is to serve.
    record Complete(int revision, String message) implements RolloutStatus {}

    /// It is on its way: ask again.
    record Progressing(int revision, String message) implements RolloutStatus {}

    /// It waits to be resumed.
    record Paused(int revision, String message) implements RolloutStatus {}

    /// It was given up: another revision must be wanted.
    ///
    /// @param reason CamelCase, for programs
    record Failed(int revision, String reason, String message) implements RolloutStatus {}

    /// The one reason a rollout fails for.
    String PROGRESS_DEADLINE_EXCEEDED = "ProgressDeadlineExceeded";

    /// How the rollout of this pool stands.
    static RolloutStatus of(PoolState state, long nowNanos) {
        var pool = "pool \"" + state.spec().name() + "\"";
        int revision = state.revision();
        return switch (state.rollout()) {
            case Rollout.Failed failed ->
                new Failed(
                        revision,
                        PROGRESS_DEADLINE_EXCEEDED,
                        pool + " exceeded its progress deadline: "
                                + failed.failure().message());
            case Rollout.Paused _ -> new Paused(revision, pool + " is paused" + waitingFor(state, nowNanos));
            case Rollout.Progressing _ -> progressing(pool, state, nowNanos);
            case Rollout.Complete _ -> {
                var waiting = waitingFor(state, nowNanos);
                yield waiting.isEmpty() || !state.replaces()
                        ? new Complete(revision, pool + " successfully rolled out")
                        : progressing(pool, state, nowNanos);
            }
        };
    }

    private static RolloutStatus progressing(String pool, PoolState state, long nowNanos) {
        return new Progressing(
                state.revision(), "Waiting for " + pool + " rollout to finish" + waitingFor(state, nowNanos) + "...");
    }

    /// `: ` and what is missing, empty where nothing is.
    private static String waitingFor(PoolState state, long nowNanos) {
        int wanted = state.spec().replicas();
        int updated = 0;
        int available = 0;
        int old = 0;
        for (var place : state.places()) {
            for (var member : place.members()) {
                boolean current = member.wanted() && member.revision() == state.revision();
                updated += current ? 1 : 0;
                old += member.wanted() && !current ? 1 : 0;
                available += current
                                && member.availableAt(
                                        nowNanos, state.spec().minReady().toNanos())
                        ? 1
                        : 0;
            }
        }
        if (updated < wanted) {
            return ": " + updated + " out of " + wanted + " new workers have been updated";
        }
        if (old > 0) {
            return ": " + old + (old == 1 ? " old worker is" : " old workers are") + " pending termination";
        }
        return available < wanted ? ": " + available + " of " + wanted + " updated workers are available" : "";
    }
}
