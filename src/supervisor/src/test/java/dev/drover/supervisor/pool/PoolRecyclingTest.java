package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.pool.PoolCommand.SendStopSignal;
import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Workers that have served for long enough, or have grown too large, are replaced.
class PoolRecyclingTest {
    private static PoolPlay wornOut(PoolPlay pool, int ordinal, int number) {
        return pool.event(new PoolEvent.WornOut(ordinal, number));
    }

    /// Its shards are empty for long enough, it leaves, and its end is seen.
    private static PoolPlay retired(PoolPlay pool, int ordinal, int number) {
        return pool.event(new PoolEvent.QueueCheckDue(ordinal, number))
                .pass(PoolPlay.SETTLE)
                .event(new PoolEvent.QueueCheckDue(ordinal, number))
                .ended(ordinal, number, false);
    }

    @Test
    void theReplacementIsReadyBeforeTheOldOneGivesWay() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        wornOut(pool, 1, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .singleElement()
                .satisfies(spawn -> assertThat(spawn.ordinal()).isOne());
        assertThat(pool.readyCount()).isEqualTo(2);

        // when
        pool.spawned(1, 2).ready(1, 2);

        // then
        assertThat(pool.readyCount()).isEqualTo(2);
        assertThat(pool.state().place(1).member(1).orElseThrow().life()).isInstanceOf(Life.Retiring.class);
        assertThat(pool.state().place(1).restarts()).as("restarts").isZero();
    }

    @Test
    void oneOfThemIsReplacedAtATime() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(3, "cmd", 3, 0)).openReady();

        // when
        wornOut(wornOut(pool, 0, 1), 2, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();

        // when
        pool.spawned(0, 2).ready(0, 2);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .as("the old one still serves")
                .isEmpty();

        // when
        retired(pool, 0, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .singleElement()
                .satisfies(spawn -> assertThat(spawn.ordinal()).isEqualTo(2));
    }

    @Test
    void whileARolloutReplacesThemAllNoneIsRecycled() {
        // given
        var pool = PoolPlay.of(2).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(2, "other")));
        int rolling = pool.commands(SpawnWorker.class).getFirst().ordinal();
        int next = 1 - rolling;

        // when
        wornOut(pool, next, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();

        // when
        pool.spawned(rolling, 2).ready(rolling, 2);
        retired(pool, rolling, 1);
        pool.spawned(next, 2).ready(next, 2);
        retired(pool, next, 1);

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
        assertThat(pool.state().members()).hasSize(2).noneMatch(Member::worn);
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
    }

    @Test
    void inAPausedRolloutItIsReplacedByOneOfItsOwnRevision() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.RolloutOrdered(new RolloutOrder.Pause()))
                .event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "other")));

        // when
        wornOut(pool, 0, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .singleElement()
                .satisfies(spawn -> assertThat(spawn.template().command()).containsExactly("cmd"));
    }

    @Test
    void aReplacementThatFailsBacksOffWhileTheOldOneServesOn() {
        // given
        var pool = PoolPlay.of(1).openReady();
        wornOut(pool, 0, 1).spawned(0, 2);

        // when
        pool.ended(0, 2, false);

        // then
        assertThat(pool.readyCount()).isOne();
        assertThat(pool.state().place(0).backingOff()).isTrue();
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();

        // when
        pool.pass(Duration.ofSeconds(1)).event(new PoolEvent.BackOffEnded(0, 2));

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void withoutSurgeItGivesWayFirst() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(2, "cmd", 0, 1)).openReady();

        // when
        wornOut(pool, 0, 1);

        // then
        assertThat(pool.state().place(0).member(1).orElseThrow().life()).isInstanceOf(Life.Retiring.class);
        assertThat(pool.readyCount()).isOne();
    }

    @Test
    void oneThatIsGoneOrNotWantedIsNotReplaced() {
        // given
        var pool = PoolPlay.of(2).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "cmd")));

        // when
        wornOut(wornOut(pool, 1, 1), 0, 7);

        // then
        assertThat(pool.commands(SendStopSignal.class)).isEmpty();
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().members()).noneMatch(Member::worn);
    }

    @Test
    void wherePlacesAreFilledOnceNobodyIsReplaced() {
        // given
        PoolSpec once = Specs.restart(PoolPlay.spec(1, "cmd"), RestartPolicy.NEVER);
        var pool = PoolPlay.of(once).openReady();

        // when
        wornOut(pool, 0, 1);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.readyCount()).isOne();
    }
}
