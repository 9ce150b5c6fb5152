package dev.drover.supervisor.health;

/// How one probe of one incarnation stands. Immutable; [#answered] and [#asked] are pure functions.
///
/// @param verdict what the answers so far mean
/// @param successes in a row, counted up to the threshold
/// @param failures in a row, counted up to the threshold
/// @param why what the last failure was; empty when there was none since it passed
/// @param asking whether a question is on its way
/// @param dueNanos when the next question is due
record ProbeState(Verdict verdict, int successes, int failures, String why, boolean asking, long dueNanos) {

    enum Verdict {
        /// Neither threshold has been reached yet.
        UNDECIDED,
        PASSED,
        FAILED
    }

    static ProbeState first(long dueNanos) {
        return new ProbeState(Verdict.UNDECIDED, 0, 0, "", false, dueNanos);
    }

    boolean passed() {
        return verdict == Verdict.PASSED;
    }

    boolean failed() {
        return verdict == Verdict.FAILED;
    }

    boolean dueAt(long nowNanos) {
        return !asking && nowNanos - dueNanos >= 0;
    }

    /// A question is on its way. One that is answered late does not put the next one off, as long as the answer comes
    /// before that.
    ProbeState asked(Probe probe, long nowNanos) {
        return new ProbeState(
                verdict,
                successes,
                failures,
                why,
                true,
                nowNanos + probe.period().toNanos());
    }

    /// Due at once when it would be later.
    ProbeState dueBy(long nanos) {
        return dueNanos - nanos <= 0 ? this : new ProbeState(verdict, successes, failures, why, asking, nanos);
    }

    ProbeState answered(Probe probe, ProbeResult result) {
        return switch (result) {
            case ProbeResult.Passed() -> {
                int inARow = Math.min(successes + 1, probe.successThreshold());
                boolean enough = inARow == probe.successThreshold();
                yield new ProbeState(enough ? Verdict.PASSED : verdict, inARow, 0, enough ? "" : why, false, dueNanos);
            }
            case ProbeResult.Failed(var how) -> {
                int inARow = Math.min(failures + 1, probe.failureThreshold());
                boolean enough = inARow == probe.failureThreshold();
                yield new ProbeState(enough ? Verdict.FAILED : verdict, 0, inARow, how, false, dueNanos);
            }
            case ProbeResult.Unknown() -> new ProbeState(verdict, successes, failures, why, false, dueNanos);
        };
    }
}
