package dev.drover.supervisor;

import java.time.Duration;

/// How long a place stays empty after a worker that exited by itself or before it was ready.
///
/// @param initialDelay the first delay; doubles with every failure
/// @param maxDelay the longest delay
/// @param resetAfter time of being ready after which the delay begins anew
/// @param restarts whether a place is filled again at all
public record RestartPolicy(Duration initialDelay, Duration maxDelay, Duration resetAfter, boolean restarts) {

    /// 0.1 s doubling to 30 s, anew after 60 s of being ready.
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofSeconds(60));

    /// A place is filled once, and stays empty when its worker has ended, however that was: as `fork` does it. Nor is
    /// a worker replaced: another template is for the places that are filled later.
    public static final RestartPolicy NEVER = new RestartPolicy(Duration.ZERO, Duration.ZERO, Duration.ZERO, false);

    /// One that fills places again.
    public RestartPolicy(Duration initialDelay, Duration maxDelay, Duration resetAfter) {
        this(initialDelay, maxDelay, resetAfter, true);
    }
}
