package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What a pool says of itself: `rollout status` and the conditions.
class RolloutStatusTest {
    private static PoolPlay change(PoolPlay pool, String command) {
        return pool.event(new PoolEvent.SpecChanged(
                pool.state().spec().withTemplate(PoolPlay.spec(0, command).template())));
    }

    private static RolloutStatus status(PoolPlay pool) {
        return RolloutStatus.of(pool.state(), pool.nanos());
    }

    private static Aspect progressing(PoolPlay pool) {
        return Aspect.progressing(pool.state(), pool.nanos());
    }

    @Test
    void theSentencesAreThoseOfKubectl() {
        // given
        var pool = PoolPlay.of(Specs.minReady(PoolPlay.spec(2, "cmd"), Duration.ofSeconds(1)))
                .openReady();

        // when / then
        assertThat(status(pool))
                .isEqualTo(new RolloutStatus.Progressing(
                        1, "Waiting for pool \"web\" rollout to finish: 0 of 2 updated workers are available..."));
        pool.pass(Duration.ofSeconds(1)).event(new PoolEvent.MinReadyPassed());
        assertThat(status(pool)).isEqualTo(new RolloutStatus.Complete(1, "pool \"web\" successfully rolled out"));
        change(pool, "other");
        assertThat(status(pool))
                .isEqualTo(new RolloutStatus.Progressing(
                        2, "Waiting for pool \"web\" rollout to finish: 1 out of 2 new workers have been updated..."));
        pool.spawned(0, 2).ready(0, 2).pass(Duration.ofSeconds(1)).event(new PoolEvent.MinReadyPassed());
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.StopOrdered())).ended(0, 1, false);
        assertThat(status(pool))
                .isEqualTo(new RolloutStatus.Progressing(
                        2, "Waiting for pool \"web\" rollout to finish: 1 old worker is pending termination..."));
    }

    @Test
    void aFailureIsToldWithItsReasonAndWhatWasSeen() {
        // given
        var pool = change(PoolPlay.of(1).openReady(), "bad").spawned(0, 2);

        // when
        pool.pass(Duration.ofSeconds(60)).event(new PoolEvent.Ticked());

        // then
        assertThat(status(pool))
                .isEqualTo(new RolloutStatus.Failed(
                        2,
                        "ProgressDeadlineExceeded",
                        "pool \"web\" exceeded its progress deadline: No worker of revision 2 became available for "
                                + "60 s; 0 of 1 are. Not ready: web-0.2."));
        assertThat(progressing(pool).holds()).isFalse();
        assertThat(progressing(pool).reason()).isEqualTo(Aspect.Reason.PROGRESS_DEADLINE_EXCEEDED);
        assertThat(Aspect.degraded(pool.state(), Optional.empty()).reason()).isEqualTo(Aspect.Reason.ROLLOUT_FAILED);
        assertThat(Aspect.available(pool.state(), pool.nanos()).holds()).isTrue();
    }

    @Test
    void aPauseIsToldAndWhatIsMissing() {
        // given
        var pool = change(PoolPlay.of(1).openReady(), "other");

        // when
        pool.event(new PoolEvent.RolloutOrdered(new RolloutOrder.Pause()));

        // then
        assertThat(status(pool))
                .isEqualTo(new RolloutStatus.Paused(2, "pool \"web\" is paused: 1 old worker is pending termination"));
        assertThat(progressing(pool))
                .isEqualTo(new Aspect(false, Aspect.Reason.PAUSED, status(pool).message()));
    }

    @Test
    void aRollBackStaysToldUntilAnotherRevisionIsWanted() {
        // given
        var pool = PoolPlay.of(Specs.rollback(PoolPlay.spec(1, "cmd"), true)).openReady();
        change(pool, "bad").spawned(0, 2).pass(Duration.ofSeconds(60)).event(new PoolEvent.Ticked());

        // when / then
        assertThat(status(pool)).isInstanceOf(RolloutStatus.Complete.class);
        assertThat(Aspect.degraded(pool.state(), Optional.empty()).holds()).isTrue();
        assertThat(Aspect.degraded(pool.state(), Optional.empty()).reason()).isEqualTo(Aspect.Reason.ROLLED_BACK);
        assertThat(Aspect.degraded(pool.state(), Optional.empty()).message())
                .startsWith("Rolled back: No worker of revision 2 became available");
        change(pool, "third");
        assertThat(Aspect.degraded(pool.state(), Optional.empty()).holds()).isFalse();
    }

    @Test
    void theReasonOfProgressTellsHowFarItHasCome() {
        // given
        var pool = PoolPlay.of(2).open();

        // when / then
        assertThat(progressing(pool).reason()).isEqualTo(Aspect.Reason.NEW_REVISION_CREATED);
        pool.spawned(0, 1).ready(0, 1);
        assertThat(progressing(pool).reason()).isEqualTo(Aspect.Reason.REPLICAS_UPDATED);
        pool.spawned(1, 1).ready(1, 1);
        assertThat(progressing(pool).reason()).isEqualTo(Aspect.Reason.NEW_REVISION_AVAILABLE);
        assertThat(progressing(pool).reason().word()).isEqualTo("NewRevisionAvailable");
    }

    @Test
    void oneCrashIsNoCrashLoopAndThreeAre() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when / then
        for (int failure = 1; failure <= 3; failure++) {
            assertThat(Aspect.degraded(pool.state(), Optional.empty()).holds()).isFalse();
            pool.ended(1, failure, false).event(new PoolEvent.BackOffEnded(1, failure));
            pool.spawned(1, failure + 1);
        }
        assertThat(Aspect.degraded(pool.state(), Optional.empty()))
                .isEqualTo(new Aspect(true, Aspect.Reason.CRASH_LOOP_BACK_OFF, "Failing again and again: web-1."));
        assertThat(Aspect.available(pool.state(), pool.nanos()))
                .isEqualTo(new Aspect(
                        false, Aspect.Reason.MINIMUM_REPLICAS_UNAVAILABLE, "1 worker is available, 2 are needed."));
    }
}
