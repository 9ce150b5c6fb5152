package dev.drover.supervisor.health;

/// What a probe decides.
public enum ProbeKind {
    /// Whether the others begin.
    STARTUP("startup"),
    /// Whether the worker gets new connections.
    READINESS("readiness"),
    /// Whether it is left alive.
    LIVENESS("liveness");

    private final String word;

    ProbeKind(String word) {
        this.word = word;
    }

    /// As it stands in messages.
    public String word() {
        return word;
    }
}
