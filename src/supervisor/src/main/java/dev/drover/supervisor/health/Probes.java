package dev.drover.supervisor.health;

import java.util.Optional;

/// What is asked of the workers of a template.
///
/// @param startup asked until it passes once; before that no other is
/// @param readiness decides whether a worker gets new connections
/// @param liveness decides whether it is left alive; empty: a worker with a session must give signs of life
public record Probes(Optional<Probe> startup, Optional<Probe> readiness, Optional<Probe> liveness) {
    /// Nothing is asked.
    public static final Probes NONE = new Probes(Optional.empty(), Optional.empty(), Optional.empty());

    /// Startup and liveness are decided by their first success, as in Kubernetes.
    public Probes {
        boolean slow = startup.filter(probe -> probe.successThreshold() != 1).isPresent()
                || liveness.filter(probe -> probe.successThreshold() != 1).isPresent();
        if (slow) {
            throw new IllegalArgumentException("the success threshold of startup and liveness probes must be 1");
        }
    }

    /// Only readiness.
    public static Probes ready(Probe readiness) {
        return new Probes(Optional.empty(), Optional.of(readiness), Optional.empty());
    }

    /// Only liveness.
    public static Probes alive(Probe liveness) {
        return new Probes(Optional.empty(), Optional.empty(), Optional.of(liveness));
    }

    /// The probe of that kind.
    public Optional<Probe> of(ProbeKind kind) {
        return switch (kind) {
            case STARTUP -> startup;
            case READINESS -> readiness;
            case LIVENESS -> liveness;
        };
    }
}
