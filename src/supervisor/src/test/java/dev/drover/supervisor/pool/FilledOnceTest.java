package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Pools whose places are filled once, as forks are.
class FilledOnceTest {

    private static PoolSpec spec(int replicas, String command) {
        return Specs.restart(PoolPlay.spec(replicas, command), RestartPolicy.NEVER);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nobodyComesAfterAWorkerThatHasEnded(boolean bySignal) {
        // given
        var pool = PoolPlay.of(spec(2, "cmd")).openReady();

        // when
        pool.ended(1, 1, bySignal);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().place(1).backingOff()).isFalse();
        assertThat(pool.state().place(1).restarts()).isZero();
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.pass(Duration.ofHours(1)).event(new PoolEvent.Ticked()).commands(SpawnWorker.class))
                .isEmpty();
    }

    @Test
    void nobodyComesAfterAWorkerThatCouldNotBeStarted() {
        // given
        var pool = PoolPlay.of(spec(1, "cmd")).open();

        // when
        pool.event(new PoolEvent.SpawnFailed(0, 1, "ENOENT"));

        // then
        assertThat(pool.commands()).isEmpty();
        assertThat(pool.state().idle()).isTrue();
    }

    @Test
    void aHungWorkerIsKilledAndThatIsTheEndOfIt() {
        // given
        var pool = PoolPlay.of(spec(1, "cmd")).openReady();

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.KillOrdered()));

        // then
        assertThat(pool.commands(PoolCommand.KillGroup.class)).hasSize(1);
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.ended(0, 1, true).state().idle()).isTrue();
    }

    @Test
    void nobodyIsReplacedWhateverIsOrdered() {
        // given
        var pool = PoolPlay.of(spec(1, "cmd")).openReady();
        pool.event(new PoolEvent.RestartOrdered(0));

        // when
        pool.event(new PoolEvent.SpecChanged(spec(2, "other")));

        // then
        assertThat(pool.state().place(0).member(1)).get().matches(Member::ready);
        assertThat(pool.commands(SpawnWorker.class)).singleElement().satisfies(spawn -> {
            assertThat(spawn.ordinal()).isEqualTo(1);
            assertThat(spawn.template().command()).containsExactly("other");
        });
    }

    @Test
    void ordersToReplaceAreRefused() {
        // given
        var pool = PoolPlay.of(spec(1, "cmd")).openReady();
        var reason = RolloutOutcome.Reason.NEVER_REPLACED;

        // when
        var restarted = pool.event(new PoolEvent.RolloutOrdered(new RolloutOrder.Restart()))
                .outcome();
        var undone = pool.event(new PoolEvent.RolloutOrdered(new RolloutOrder.Undo(OptionalInt.empty())))
                .outcome();

        // then
        assertThat(restarted)
                .isEqualTo(new RolloutOutcome.Refused(
                        reason,
                        "cannot restart the rollout of pool web: its workers are started once, never replaced"));
        assertThat(undone)
                .isInstanceOfSatisfying(
                        RolloutOutcome.Refused.class,
                        it -> assertThat(it.reason()).isEqualTo(reason));
        assertThat(pool.state().revision()).isOne();
    }

    @Test
    void whatHasEndedIsRolledOut() {
        // given
        var pool = PoolPlay.of(spec(2, "cmd")).open().spawned(0, 1).spawned(1, 1);

        // when
        pool.ended(0, 1, false).ready(1, 1).ended(1, 1, false);

        // then
        assertThat(RolloutStatus.of(pool.state(), pool.nanos())).isInstanceOf(RolloutStatus.Complete.class);
        assertThat(pool.state().revisions().good()).isZero();
    }

    @Test
    void oneThatIsNeverReadyIsTold() {
        // given
        var pool = PoolPlay.of(spec(1, "cmd")).open().spawned(0, 1);

        // when
        pool.pass(Duration.ofSeconds(60)).event(new PoolEvent.Ticked());

        // then
        assertThat(RolloutStatus.of(pool.state(), pool.nanos())).isInstanceOf(RolloutStatus.Failed.class);
        assertThat(pool.state().place(0).member(1)).get().matches(Member::wanted);
    }
}
