package dev.drover.supervisor.health;

import java.time.Duration;

/// A question put to each worker again and again, with the meanings of Kubernetes.
///
/// @param action what is asked
/// @param initialDelay from the start of the process to the first question
/// @param period from one question to the next, above 0
/// @param timeout the time an answer may take, above 0
/// @param successThreshold answers in a row after which a probe that had failed passes, from 1
/// @param failureThreshold failures in a row after which the probe fails, from 1
public record Probe(
        ProbeAction action,
        Duration initialDelay,
        Duration period,
        Duration timeout,
        int successThreshold,
        int failureThreshold) {

    /// Beside what is asked by a probe, a worker with a session is taken for hung after this time without a sign of
    /// life, or a second more: long for a pause of a collector or a busy machine, short for clients.
    public static final Duration HEARTBEAT_BOUND = Duration.ofSeconds(10);

    private static final Duration HEARTBEAT_PERIOD = Duration.ofSeconds(1);

    /// Kubernetes' defaults.
    private static final Duration PERIOD = Duration.ofSeconds(10);

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int FAILURES = 3;

    public Probe {
        if (period.isZero() || period.isNegative() || timeout.isZero() || timeout.isNegative()) {
            throw new IllegalArgumentException("a probe's period and timeout must be above 0");
        }
        if (successThreshold < 1 || failureThreshold < 1) {
            throw new IllegalArgumentException("a probe's thresholds must be 1 or more");
        }
    }

    /// With the defaults of a pool file.
    public static Probe of(ProbeAction action) {
        return new Probe(action, Duration.ZERO, PERIOD, TIMEOUT, 1, FAILURES);
    }

    /// The same with other times.
    public Probe every(Duration otherPeriod, int failures) {
        return new Probe(action, initialDelay, otherPeriod, timeout, successThreshold, failures);
    }

    /// What stands in for a liveness probe where there is none: the signs of life of a session must go on.
    ///
    /// @param interval how often they are wanted; three of them may always be missed
    static Probe heartbeat(Duration interval) {
        long longest = Math.max(3 * interval.toNanos(), HEARTBEAT_BOUND.toNanos());
        long rest = longest - silence(HEARTBEAT_PERIOD, TIMEOUT).toNanos();
        int failures = Math.toIntExact(rest / HEARTBEAT_PERIOD.toNanos());
        return new Probe(
                new ProbeAction.Session(), Duration.ZERO, HEARTBEAT_PERIOD, TIMEOUT, 1, Math.max(1, failures + 1));
    }

    /// The age of a sign of life from which on a session probe fails.
    public Duration silence() {
        return silence(period, timeout);
    }

    private static Duration silence(Duration period, Duration timeout) {
        return period.plus(timeout);
    }
}
