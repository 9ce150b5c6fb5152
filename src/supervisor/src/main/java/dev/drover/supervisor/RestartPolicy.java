package dev.drover.supervisor;

import java.time.Duration;
import java.util.Optional;

/// How long a place stays empty after a worker that exited by itself or before it was ready, and when it is given up.
///
/// @param initialDelay the first delay; doubles with every failure
/// @param maxDelay the longest delay
/// @param resetAfter time of being ready after which the delay begins anew
/// @param restarts whether a place is filled again at all
/// @param limit how often it is filled again; empty: without end
public record RestartPolicy(
        Duration initialDelay, Duration maxDelay, Duration resetAfter, boolean restarts, Optional<Limit> limit) {

    /// 0.1 s doubling to 30 s, anew after 60 s of being ready.
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofSeconds(60));

    /// A place is filled once, and stays empty when its worker has ended, however that was: as `fork` does it. Nor is
    /// a worker replaced: another template is for the places that are filled later.
    public static final RestartPolicy NEVER =
            new RestartPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO, false, Optional.empty());

    /// One that fills places again.
    public RestartPolicy(Duration initialDelay, Duration maxDelay, Duration resetAfter) {
        this(initialDelay, maxDelay, resetAfter, true, Optional.empty());
    }

    /// The same, which gives up.
    public RestartPolicy withLimit(Limit wanted) {
        return new RestartPolicy(initialDelay, maxDelay, resetAfter, restarts, Optional.of(wanted));
    }

    /// When a place is given up: it is not filled again with that revision until it is asked for by its name, or
    /// another one is wanted.
    ///
    /// @param maxRestarts how often it is filled again within the window, 1 to [#MOST_RESTARTS]
    /// @param window in which ends that were not asked for are counted, however the workers ended
    /// @param onFailure what becomes of the program when nobody serves in such a place
    public record Limit(int maxRestarts, Duration window, OnFailure onFailure) {
        /// A time is kept of each.
        public static final int MOST_RESTARTS = 1_000;

        public Limit {
            if (maxRestarts < 1 || maxRestarts > MOST_RESTARTS) {
                throw new IllegalArgumentException("maxRestarts " + maxRestarts + " is not within 1.." + MOST_RESTARTS);
            }
        }
    }

    /// What becomes of the program.
    public enum OnFailure {
        /// It is to stop.
        EXIT,
        /// It goes on, and is not ready.
        STAY
    }
}
