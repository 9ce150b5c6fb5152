package dev.drover.supervisor;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/// When a worker that serves is replaced although nothing is wrong with it: one at a time, the replacement first.
///
/// @param maxAge since it was started, above zero; empty: of any age
/// @param maxMemoryBytes of its process group, above zero; empty: as much as it likes. Counted as PSS: what several
///     processes share, each has its part of (proc_pid_smaps_rollup(5))
/// @param maxRequests answered, above zero, as it tells with its signs of life; empty: any number. One that does not
///     tell is never replaced for them
/// @param jitter share of each bound, 0 to 1, up to which it is lowered for an incarnation by chance: those that began
///     together shall not end together
public record RecyclePolicy(
        Optional<Duration> maxAge, OptionalLong maxMemoryBytes, OptionalLong maxRequests, double jitter) {

    /// Nobody is replaced.
    public static final RecyclePolicy NEVER =
            new RecyclePolicy(Optional.empty(), OptionalLong.empty(), OptionalLong.empty(), 0);

    public RecyclePolicy {
        boolean positive = maxAge.filter(age -> !age.isPositive()).isEmpty()
                && maxMemoryBytes.orElse(1) > 0
                && maxRequests.orElse(1) > 0;
        if (!positive) {
            throw new IllegalArgumentException("a bound of " + maxAge + ", " + maxMemoryBytes + ", " + maxRequests
                    + " is not above 0: leave it empty where there is none");
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter " + jitter + " is not within 0..1");
        }
    }

    /// Whether there is no bound.
    public boolean isNever() {
        return maxAge.isEmpty() && maxMemoryBytes.isEmpty() && maxRequests.isEmpty();
    }

    /// The bounds of one incarnation, without jitter.
    ///
    /// @param chance of this incarnation, 0 to 1
    RecyclePolicy of(double chance) {
        double share = 1 - jitter * chance;
        return new RecyclePolicy(
                maxAge.map(age -> Duration.ofNanos(lowered(age.toNanos(), share))),
                lowered(maxMemoryBytes, share),
                lowered(maxRequests, share),
                0);
    }

    private static OptionalLong lowered(OptionalLong bound, double share) {
        return bound.isPresent() ? OptionalLong.of(lowered(bound.getAsLong(), share)) : bound;
    }

    private static long lowered(long bound, double share) {
        return Math.max(1, Math.round(bound * share));
    }
}
