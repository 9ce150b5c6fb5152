package dev.drover.worker;

import java.time.Duration;

/// What a connection may take, and how long.
///
/// @param drainTime how long a connection has during a drain: an idle one to show its next request, a slow client
///     to take its answer. Well below the pool's `terminationGracePeriodSeconds`
/// @param lingerTime how long the peer has to close after an answer with `Connection: close`
/// @param headTime how long a request may take to arrive, its head and then its body each
/// @param idleTime how long a kept-alive connection may be without a request
/// @param maxBodyBytes of a request; a longer one is answered with 413
public record HttpLimits(
        Duration drainTime, Duration lingerTime, Duration headTime, Duration idleTime, long maxBodyBytes) {
    private static final HttpLimits DEFAULTS = new HttpLimits(
            Duration.ofSeconds(5), Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(75), 1024 * 1024);

    public HttpLimits {
        if (drainTime.isNegative() || lingerTime.isNegative() || !headTime.isPositive() || !idleTime.isPositive()) {
            throw new IllegalArgumentException("cannot use negative times, nor none for a head or an idle connection");
        }
        if (maxBodyBytes < 0) {
            throw new IllegalArgumentException("cannot use a body limit of " + maxBodyBytes + " bytes");
        }
    }

    /// 5 s to drain, 1 s to linger, 30 s for a head, 75 s idle, bodies up to 1 MiB.
    public static HttpLimits defaults() {
        return DEFAULTS;
    }

    /// The same with another drain time.
    public HttpLimits withDrainTime(Duration time) {
        return new HttpLimits(time, lingerTime, headTime, idleTime, maxBodyBytes);
    }
}
