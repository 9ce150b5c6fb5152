package dev.drover.supervisor.health;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The health of one incarnation: how its probes stand, and whether it has said that it is ready. Immutable and pure:
/// no clock, no I/O.
///
/// The startup probe comes first; the others begin when it has passed once. Readiness is not asked before the worker
/// has said that it is ready, where it must say so, and at once when it has. What is [Standing.Hung] stays so.
public final class Health {
    /// No worker is asked first at the same moment as its neighbours; no longer than this after the initial delay.
    public static final Duration MAX_JITTER = Duration.ofSeconds(1);

    private final Terms terms;
    private final long beganNanos;
    private final boolean notified;
    private final Map<ProbeKind, ProbeState> states;

    /// What is asked of an incarnation.
    ///
    /// @param probes by kind
    /// @param needsWord whether it must say that it is ready
    /// @param heartbeatOnly whether the liveness probe is the one that stands in where none is given
    private record Terms(Map<ProbeKind, Probe> probes, boolean needsWord, boolean heartbeatOnly) {}

    private Health(Terms terms, long beganNanos, boolean notified, Map<ProbeKind, ProbeState> states) {
        this.terms = terms;
        this.beganNanos = beganNanos;
        this.notified = notified;
        this.states = states;
    }

    /// Of a process that runs since now.
    ///
    /// @param probes what is asked
    /// @param needsWord whether it must say that it is ready
    /// @param heartbeat how often signs of life are wanted where no liveness probe asks; empty: they are not
    /// @param jitter 0 to 1, another for each incarnation
    public static Health began(
            Probes probes, boolean needsWord, Optional<Duration> heartbeat, long nowNanos, double jitter) {
        var asked = new EnumMap<ProbeKind, Probe>(ProbeKind.class);
        var states = new EnumMap<ProbeKind, ProbeState>(ProbeKind.class);
        for (var kind : ProbeKind.values()) {
            probes.of(kind).ifPresent(probe -> asked.put(kind, probe));
        }
        boolean heartbeatOnly = !asked.containsKey(ProbeKind.LIVENESS) && heartbeat.isPresent();
        if (heartbeatOnly) {
            asked.put(ProbeKind.LIVENESS, Probe.heartbeat(heartbeat.get()));
        }
        asked.forEach((kind, probe) -> {
            long bound = Math.min(probe.period().toNanos(), MAX_JITTER.toNanos());
            long due = nowNanos + probe.initialDelay().toNanos() + (long) (bound * jitter);
            states.put(kind, ProbeState.first(due));
        });
        return new Health(new Terms(asked, needsWord, heartbeatOnly), nowNanos, false, states);
    }

    /// It says that it is ready.
    public Health notified(long nowNanos) {
        var next = new EnumMap<ProbeKind, ProbeState>(ProbeKind.class);
        next.putAll(states);
        var readiness = states.get(ProbeKind.READINESS);
        if (readiness != null && !readiness.passed()) {
            long earliest =
                    beganNanos + probe(ProbeKind.READINESS).initialDelay().toNanos();
            next.put(ProbeKind.READINESS, readiness.dueBy(Math.max(nowNanos, earliest)));
        }
        return new Health(terms, beganNanos, true, next);
    }

    /// The question is on its way.
    public Health asked(ProbeKind kind, long nowNanos) {
        var state = state(kind).asked(probe(kind), nowNanos);
        return new Health(terms, beganNanos, notified, with(kind, state));
    }

    /// What came of it.
    public Health answered(ProbeKind kind, ProbeResult result) {
        if (standing() instanceof Standing.Hung) {
            return this;
        }
        var state = state(kind).answered(probe(kind), result);
        return new Health(terms, beganNanos, notified, with(kind, state));
    }

    /// What is to be asked now.
    public List<ProbeKind> dueAt(long nowNanos) {
        var due = new ArrayList<ProbeKind>();
        for (var entry : states.entrySet()) {
            if (entry.getValue().dueAt(nowNanos) && isAsked(entry.getKey())) {
                due.add(entry.getKey());
            }
        }
        return due;
    }

    /// When the next question is due, while nothing else happens; [Long#MAX_VALUE] when none is.
    public long nextDueNanos(long nowNanos) {
        long soonest = Long.MAX_VALUE;
        for (var entry : states.entrySet()) {
            if (!entry.getValue().asking() && isAsked(entry.getKey())) {
                soonest = Math.min(soonest, entry.getValue().dueNanos() - nowNanos);
            }
        }
        return soonest == Long.MAX_VALUE ? soonest : nowNanos + Math.max(0, soonest);
    }

    private boolean isAsked(ProbeKind kind) {
        if (standing() instanceof Standing.Hung) {
            return false;
        }
        return switch (kind) {
            case STARTUP -> !hasStarted();
            case READINESS -> hasStarted() && (notified || !terms.needsWord());
            case LIVENESS -> hasStarted();
        };
    }

    private boolean hasStarted() {
        var startup = states.get(ProbeKind.STARTUP);
        return startup == null || startup.passed();
    }

    /// What it means.
    public Standing standing() {
        for (var kind : List.of(ProbeKind.STARTUP, ProbeKind.LIVENESS)) {
            var state = states.get(kind);
            if (state != null && state.failed()) {
                return new Standing.Hung(
                        terms.heartbeatOnly() && kind == ProbeKind.LIVENESS ? state.why() : told(kind, state));
            }
        }
        var startup = states.get(ProbeKind.STARTUP);
        if (startup != null && !startup.passed()) {
            return new Standing.Unfit(startup.why().isEmpty() ? "" : told(ProbeKind.STARTUP, startup));
        }
        var readiness = states.get(ProbeKind.READINESS);
        if (readiness != null && !readiness.passed()) {
            return new Standing.Unfit(readiness.why().isEmpty() ? "" : told(ProbeKind.READINESS, readiness));
        }
        return notified || !terms.needsWord() ? new Standing.Fit() : new Standing.Unfit("");
    }

    private static String told(ProbeKind kind, ProbeState state) {
        return kind.word() + " probe failed: " + state.why();
    }

    /// Of that kind; it must be one that is asked.
    public Probe probe(ProbeKind kind) {
        return Optional.ofNullable(terms.probes().get(kind)).orElseThrow();
    }

    private ProbeState state(ProbeKind kind) {
        return Optional.ofNullable(states.get(kind)).orElseThrow();
    }

    private Map<ProbeKind, ProbeState> with(ProbeKind kind, ProbeState changed) {
        var next = new EnumMap<ProbeKind, ProbeState>(ProbeKind.class);
        next.putAll(states);
        next.put(kind, changed);
        return next;
    }

    @Override
    public String toString() {
        return "Health[notified=" + notified + ", " + states + "]";
    }
}
