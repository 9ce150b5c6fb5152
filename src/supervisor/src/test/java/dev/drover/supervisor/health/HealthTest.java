package dev.drover.supervisor.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Probe PROBE = Probe.of(new ProbeAction.TcpSocket("http"));
    private static final ProbeResult PASSED = new ProbeResult.Passed();
    private static final ProbeResult FAILED = new ProbeResult.Failed("HTTP 500");

    private static Health of(Probes probes, boolean needsWord) {
        return Health.began(probes, needsWord, Optional.empty(), 0, 0);
    }

    private static Health answered(Health health, ProbeKind kind, ProbeResult result, int times) {
        var next = health;
        for (int i = 0; i < times; i++) {
            next = next.answered(kind, result);
        }
        return next;
    }

    @Test
    void whoIsAskedNothingIsFitWhenItSaysSo() {
        // given
        var health = of(Probes.NONE, true);

        // when
        var notified = health.notified(SECOND);

        // then
        assertThat(health.standing()).isEqualTo(new Standing.Unfit(""));
        assertThat(notified.standing()).isEqualTo(new Standing.Fit());
        assertThat(notified.nextDueNanos(SECOND)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void whoMustSayNothingIsFitAtOnce() {
        assertThat(of(Probes.NONE, false).standing()).isEqualTo(new Standing.Fit());
    }

    @Test
    void wordAndProbeAreBothNeededWhereBothAreAsked() {
        // given
        var health = of(Probes.ready(PROBE), true);

        // when
        var notified = health.notified(3 * SECOND);

        // then
        assertThat(health.dueAt(2 * SECOND)).as("not before it has said so").isEmpty();
        assertThat(notified.dueAt(3 * SECOND)).containsExactly(ProbeKind.READINESS);
        assertThat(notified.standing()).isEqualTo(new Standing.Unfit(""));
        assertThat(notified.answered(ProbeKind.READINESS, PASSED).standing()).isEqualTo(new Standing.Fit());
    }

    @Test
    void theWordOfAWorkerHastensAProbeThatIsWaiting() {
        // given
        var failed =
                of(Probes.ready(PROBE), false).asked(ProbeKind.READINESS, 0).answered(ProbeKind.READINESS, FAILED);

        // when
        var notified = failed.notified(SECOND);

        // then
        assertThat(failed.dueAt(SECOND)).isEmpty();
        assertThat(notified.dueAt(SECOND)).containsExactly(ProbeKind.READINESS);
    }

    @Test
    void theWordDoesNotComeBeforeTheInitialDelay() {
        // given
        var late = new Probe(PROBE.action(), Duration.ofSeconds(30), PROBE.period(), PROBE.timeout(), 1, 3);

        // when
        var notified = of(Probes.ready(late), true).notified(SECOND);

        // then
        assertThat(notified.dueAt(29 * SECOND)).isEmpty();
        assertThat(notified.dueAt(30 * SECOND)).containsExactly(ProbeKind.READINESS);
    }

    @Test
    void nothingElseIsAskedBeforeTheStartupProbeHasPassed() {
        // given
        var health = of(new Probes(Optional.of(PROBE), Optional.of(PROBE), Optional.of(PROBE)), false);

        // when
        var started = health.answered(ProbeKind.STARTUP, PASSED);

        // then
        assertThat(health.dueAt(SECOND)).containsExactly(ProbeKind.STARTUP);
        assertThat(started.dueAt(SECOND)).containsExactly(ProbeKind.READINESS, ProbeKind.LIVENESS);
    }

    @Test
    void whoFailsReadinessIsUnfitAndComesBack() {
        // given
        var fit = of(Probes.ready(PROBE), false).answered(ProbeKind.READINESS, PASSED);

        // when
        var unfit = answered(fit, ProbeKind.READINESS, FAILED, 3);

        // then
        assertThat(answered(fit, ProbeKind.READINESS, FAILED, 2).standing()).isEqualTo(new Standing.Fit());
        assertThat(unfit.standing()).isEqualTo(new Standing.Unfit("readiness probe failed: HTTP 500"));
        assertThat(unfit.answered(ProbeKind.READINESS, PASSED).standing()).isEqualTo(new Standing.Fit());
    }

    @Test
    void whoFailsLivenessIsHungForGoodAndAskedNothingMore() {
        // given
        var health = of(new Probes(Optional.empty(), Optional.of(PROBE), Optional.of(PROBE)), false);

        // when
        var hung = answered(health, ProbeKind.LIVENESS, FAILED, 3);

        // then
        var standing = new Standing.Hung("liveness probe failed: HTTP 500");
        assertThat(hung.standing()).isEqualTo(standing);
        assertThat(hung.answered(ProbeKind.LIVENESS, PASSED).standing()).isEqualTo(standing);
        assertThat(hung.dueAt(1000 * SECOND)).isEmpty();
    }

    @Test
    void whoDoesNotStartIsHung() {
        // given
        var health = of(new Probes(Optional.of(PROBE), Optional.empty(), Optional.empty()), false);

        // when
        var hung = answered(health, ProbeKind.STARTUP, FAILED, 3);

        // then
        assertThat(hung.standing()).isEqualTo(new Standing.Hung("startup probe failed: HTTP 500"));
    }

    @Test
    void withoutALivenessProbeTheHeartbeatMustGoOn() {
        // given
        var health = Health.began(Probes.NONE, true, Optional.of(Duration.ofSeconds(1)), 0, 0);

        // when
        var probe = health.probe(ProbeKind.LIVENESS);
        var hung = answered(
                health, ProbeKind.LIVENESS, new ProbeResult.Failed("no heartbeat for 10 s"), probe.failureThreshold());

        // then
        assertThat(probe.silence().plus(probe.period().multipliedBy(probe.failureThreshold() - 1L)))
                .as("the shortest silence that kills")
                .isEqualTo(Probe.HEARTBEAT_BOUND);
        assertThat(hung.standing()).isEqualTo(new Standing.Hung("no heartbeat for 10 s"));
    }

    @Test
    void threeSlowHeartbeatsMayBeMissed() {
        // when
        var probe = Probe.heartbeat(Duration.ofSeconds(20));

        // then
        assertThat(probe.silence().plus(probe.period().multipliedBy(probe.failureThreshold() - 1L)))
                .isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void neighboursAreNotAskedAtTheSameMoment() {
        // when
        var last = Health.began(Probes.ready(PROBE), false, Optional.empty(), 0, 0.999);

        // then
        assertThat(last.nextDueNanos(0)).isBetween(SECOND / 2, SECOND);
    }

    @Test
    void startupAndLivenessAreDecidedByTheFirstSuccess() {
        // given
        var slow = new Probe(PROBE.action(), Duration.ZERO, PROBE.period(), PROBE.timeout(), 2, 3);

        // when / then
        assertThatThrownBy(() -> Probes.alive(slow)).hasMessageContaining("must be 1");
    }
}
