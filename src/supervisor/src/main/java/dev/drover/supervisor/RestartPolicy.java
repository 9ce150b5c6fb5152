package dev.drover.supervisor;

import java.time.Duration;

/// How long a place stays empty after a worker that exited by itself or before it was ready.
///
/// @param initialDelay the first delay; doubles with every failure
/// @param maxDelay the longest delay
/// @param resetAfter time of being ready after which the delay begins anew
public record RestartPolicy(Duration initialDelay, Duration maxDelay, Duration resetAfter) {

    /// 0.1 s doubling to 30 s, anew after 60 s of being ready.
    public static final RestartPolicy DEFAULT =
            new RestartPolicy(Duration.ofMillis(100), Duration.ofSeconds(30), Duration.ofSeconds(60));
}
