package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.PoolCommand.DumpThreads;
import dev.drover.supervisor.pool.PoolCommand.KillGroup;
import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import dev.drover.supervisor.pool.PoolCommand.StartTimer;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the health of workers means for their pool.
class PoolHealthTest {
    private static PoolEvent.Happened unready(int ordinal, int number) {
        return new PoolEvent.Happened(ordinal, number, new Life.Event.UnreadyFound());
    }

    private static PoolEvent.Happened hung(int ordinal, int number, boolean dumps) {
        return new PoolEvent.Happened(ordinal, number, new Life.Event.HangFound(dumps));
    }

    private static PoolEvent.Happened dumped(int ordinal, int number) {
        return new PoolEvent.Happened(ordinal, number, new Life.Event.DumpTimeEnded());
    }

    private static int shard(PoolPlay pool, int ordinal, int number) {
        return pool.state().place(ordinal).member(number).orElseThrow().shard();
    }

    @Test
    void whoIsNotReadyGetsNoNewConnectionAndKeepsItsPlaceAndShard() {
        // given
        var pool = PoolPlay.of(2).openReady();
        int shard = shard(pool, 1, 1);

        // when
        pool.event(unready(1, 1));

        // then
        assertThat(pool.steered()).containsExactly(shard(pool, 0, 1));
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.commands(KillGroup.class)).isEmpty();
        assertThat(shard(pool, 1, 1)).isEqualTo(shard);
        assertThat(pool.readyCount()).isOne();
    }

    @Test
    void whoIsReadyAgainGetsConnectionsAgain() {
        // given
        var pool = PoolPlay.of(2).openReady().event(unready(1, 1)).pass(Duration.ofSeconds(5));

        // when
        pool.ready(1, 1);

        // then
        assertThat(pool.steered()).containsExactlyInAnyOrder(0, 1);
        assertThat(pool.state().place(1).member(1).orElseThrow().readyNanos())
                .as("it counts as available from now on")
                .isEqualTo(pool.nanos());
    }

    @Test
    void whileNobodyIsReadyConnectionsWaitInAShardThatNobodyAcceptsFrom() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(unready(0, 1)).event(unready(1, 1));

        // then
        assertThat(pool.steered()).containsExactly(2);
    }

    @Test
    void whoeverStartsGetsThemBeforeThat() {
        // given
        var pool = PoolPlay.of(2).openReady().event(unready(0, 1));

        // when
        pool.ended(1, 1, true);

        // then
        assertThat(pool.steered()).containsExactly(shard(pool, 1, 2));
    }

    @Test
    void withoutAShardToWaitInTheyGoToWhoIsThere() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(1, "cmd", 0, 1)).openReady();

        // when
        pool.event(unready(0, 1));

        // then
        assertThat(pool.steered()).containsExactly(0);
    }

    @Test
    void whoHangsIsTakenOutAskedWhereItStandsAndThenKilled() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(hung(1, 1, true));

        // then
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.commands(DumpThreads.class)).containsExactly(new DumpThreads(1, 1));
        assertThat(pool.commands(StartTimer.class)).contains(new StartTimer(PoolCore.DUMP_TIME, dumped(1, 1)));
        assertThat(pool.commands(KillGroup.class)).isEmpty();
        assertThat(pool.pass(PoolCore.DUMP_TIME).event(dumped(1, 1)).commands(KillGroup.class))
                .containsExactly(new KillGroup(1, 1));
    }

    @Test
    void whoCannotBeAskedIsKilledAtOnce() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(hung(1, 1, false));

        // then
        assertThat(pool.commands(KillGroup.class)).containsExactly(new KillGroup(1, 1));
        assertThat(pool.commands(DumpThreads.class)).isEmpty();
    }

    @Test
    void aTickFindsWhoShouldHaveBeenKilled() {
        // given
        var pool = PoolPlay.of(1).openReady().event(hung(0, 1, true)).pass(PoolCore.DUMP_TIME);

        // when
        pool.event(new PoolEvent.Ticked());

        // then
        assertThat(pool.commands(KillGroup.class)).containsExactly(new KillGroup(0, 1));
    }

    @Test
    void whoHangsAfterALongTimeIsReplacedAtOnce() {
        // given
        var pool = PoolPlay.of(2).openReady().pass(Duration.ofMinutes(2));

        // when
        pool.event(hung(1, 1, true));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal)
                .containsExactly(1);
        assertThat(pool.state().place(1).restarts()).isOne();
    }

    @Test
    void whoHangsSoonBacksOff() {
        // given
        var pool = PoolPlay.of(2).openReady().pass(Duration.ofSeconds(20));

        // when
        pool.event(hung(1, 1, false));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().place(1).backingOff()).isTrue();
    }

    @Test
    void clientsThatWaitInItsShardGetItsSuccessor() {
        // given
        var pool = PoolPlay.of(2).openReady().pass(Duration.ofMinutes(2)).queue(1, 7);

        // when
        pool.event(hung(1, 1, true));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .as("its shard is not free yet")
                .isEmpty();
        pool.pass(PoolCore.DUMP_TIME).event(dumped(1, 1));
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.ended(1, 1, true).commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .isEqualTo(List.of(1));
    }

    @Test
    void anExitThatIsNotSeenHoldsNobodyUp() {
        // given
        var pool = PoolPlay.of(2).openReady().pass(Duration.ofMinutes(2)).queue(1, 7);
        pool.event(hung(1, 1, false));

        // when
        pool.pass(PoolCore.EXIT_BOUND).event(new PoolEvent.Ticked());

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void whoIsNotReadyAnyMoreAndLeavesByItselfHasNotFailed() {
        // given
        var pool = PoolPlay.of(2).openReady().event(unready(1, 1));

        // when
        pool.event(new PoolEvent.Happened(1, 1, new Life.Event.DrainingReported()));

        // then
        assertThat(pool.state().place(1).backingOff()).isFalse();
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void aRolloutIsNotCompleteWhileAWorkerIsNotReady() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);

        // when
        pool.ready(0, 1).event(unready(0, 1));
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(2, "cmd")))
                .spawned(1, 1)
                .ready(1, 1);

        // then
        assertThat(RolloutStatus.of(pool.state(), pool.nanos())).isInstanceOf(RolloutStatus.Progressing.class);
    }
}
