package dev.drover.supervisor.pool;

import dev.drover.supervisor.pool.Revision.Failure;
import java.util.List;
import java.util.Optional;

/// One aspect of a pool's state as it is at one moment: a condition without the memory of when it last changed.
///
/// @param holds whether it is true
/// @param reason what it is so for
/// @param message a sentence, for people
public record Aspect(boolean holds, Reason reason, String message) {

    /// Failures in a row of a place without a worker after which that is called a crash loop: one crash is none.
    private static final int CRASH_LOOP = 3;

    /// Workers named in a message: it must stay readable with a thousand.
    private static final int MAX_NAMED = 10;

    /// Why a condition is as it is. The word in the status is the same in CamelCase.
    public enum Reason {
        /// Available: `replicas - maxUnavailable` workers are available.
        MINIMUM_REPLICAS_AVAILABLE("MinimumReplicasAvailable"),
        /// Not Available: fewer are.
        MINIMUM_REPLICAS_UNAVAILABLE("MinimumReplicasUnavailable"),
        /// Progressing: a revision was made, no worker of it is available yet.
        NEW_REVISION_CREATED("NewRevisionCreated"),
        /// Progressing: some workers of the wanted revision are available.
        REPLICAS_UPDATED("ReplicasUpdated"),
        /// Progressing: every worker of the wanted revision was available at once.
        NEW_REVISION_AVAILABLE("NewRevisionAvailable"),
        /// Not Progressing: the rollout was given up.
        PROGRESS_DEADLINE_EXCEEDED(RolloutStatus.PROGRESS_DEADLINE_EXCEEDED),
        /// Not Progressing: the rollout is paused.
        PAUSED("Paused"),
        /// Not Degraded.
        NONE_FAILING("NoneFailing"),
        /// Degraded: the wanted revision failed.
        ROLLOUT_FAILED("RolloutFailed"),
        /// Degraded: a revision failed, the pool was rolled back to the one before by itself.
        ROLLED_BACK("RolledBack"),
        /// Degraded: what was to be wanted of the pools could not be read, or done.
        FILES_REFUSED("FilesRefused"),
        /// Degraded: a place is without a worker after several failures in a row.
        CRASH_LOOP_BACK_OFF("CrashLoopBackOff"),
        /// Degraded: a place is given up: nobody is started in it any more.
        FAILED("Failed");

        private final String word;

        Reason(String word) {
            this.word = word;
        }

        /// As it stands in the status.
        public String word() {
            return word;
        }
    }

    /// Whether as many workers are available as must be.
    public static Aspect available(PoolState state, long nowNanos) {
        var spec = state.spec();
        long minReady = spec.minReady().toNanos();
        long available = state.members()
                .filter(member -> member.availableAt(nowNanos, minReady))
                .count();
        int needed = spec.replicas() - spec.unavailable();
        return available >= needed
                ? new Aspect(
                        true,
                        Reason.MINIMUM_REPLICAS_AVAILABLE,
                        available + " of " + workersAre(spec.replicas()) + " available.")
                : new Aspect(
                        false,
                        Reason.MINIMUM_REPLICAS_UNAVAILABLE,
                        workersAre(available) + " available, " + needed + (needed == 1 ? " is" : " are") + " needed.");
    }

    private static String workersAre(long count) {
        return count + (count == 1 ? " worker is" : " workers are");
    }

    /// Whether the wanted revision is on its way, or there.
    public static Aspect progressing(PoolState state, long nowNanos) {
        var status = RolloutStatus.of(state, nowNanos).message();
        return switch (state.rollout()) {
            case Rollout.Progressing _ ->
                new Aspect(
                        true,
                        state.wantedPlaces().stream().anyMatch(place -> place.arrived() == state.revision())
                                ? Reason.REPLICAS_UPDATED
                                : Reason.NEW_REVISION_CREATED,
                        status);
            case Rollout.Complete _ -> new Aspect(true, Reason.NEW_REVISION_AVAILABLE, status);
            case Rollout.Failed _ -> new Aspect(false, Reason.PROGRESS_DEADLINE_EXCEEDED, status);
            case Rollout.Paused _ -> new Aspect(false, Reason.PAUSED, status);
        };
    }

    /// Whether something keeps failing, or did so badly that people should look.
    ///
    /// @param filesRefused why what was to be wanted is not, where that is so
    public static Aspect degraded(PoolState state, Optional<String> filesRefused) {
        if (state.rollout().held() instanceof Rollout.Failed failed) {
            return new Aspect(true, Reason.ROLLOUT_FAILED, failed.failure().message());
        }
        var failed = names(state, state.failedPlaces());
        if (!failed.isEmpty()) {
            return new Aspect(
                    true, Reason.FAILED, "Failed too often, and not started any more: " + named(failed) + ".");
        }
        var failing = names(state, failing(state));
        if (!failing.isEmpty()) {
            return new Aspect(true, Reason.CRASH_LOOP_BACK_OFF, "Failing again and again: " + named(failing) + ".");
        }
        if (filesRefused.isPresent()) {
            return new Aspect(true, Reason.FILES_REFUSED, filesRefused.get());
        }
        Optional<Failure> undone = state.revisions().current().insteadOf();
        return undone.map(failure -> new Aspect(true, Reason.ROLLED_BACK, "Rolled back: " + failure.message()))
                .orElseGet(() -> new Aspect(false, Reason.NONE_FAILING, "No worker is failing."));
    }

    private static List<Place> failing(PoolState state) {
        return state.wantedPlaces().stream()
                .filter(place -> place.failures() >= CRASH_LOOP && !place.has(Member::ready))
                .toList();
    }

    private static List<String> names(PoolState state, List<Place> places) {
        return places.stream()
                .map(place -> state.spec().name() + "-" + place.ordinal())
                .toList();
    }

    private static String named(List<String> workers) {
        int most = Math.min(workers.size(), MAX_NAMED);
        var names = String.join(", ", workers.subList(0, most));
        return most < workers.size() ? names + " and " + (workers.size() - most) + " more" : names;
    }
}
