package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.pool.PoolCommand.KillGroup;
import dev.drover.supervisor.pool.PoolCommand.SendStopSignal;
import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import dev.drover.supervisor.pool.PoolCommand.StartTimer;
import dev.drover.supervisor.pool.PoolCommand.Steer;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PoolCoreTest {

    @Test
    void everyPlaceIsFilledWithAShardOfItsOwn() {
        // given
        var pool = PoolPlay.of(3);

        // when
        pool.open();

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(0, 1, 2);
    }

    @Test
    void connectionsWaitWhereWorkersStartWhileNobodyIsReady() {
        // given
        var pool = PoolPlay.of(2);

        // when
        pool.open();

        // then
        assertThat(pool.commands(Steer.class)).containsExactly(new Steer(Set.of(0, 1)));
    }

    @Test
    void connectionsGoOnlyToTheReadyOnesAsSoonAsThereIsOne() {
        // given
        var pool = PoolPlay.of(2).open().spawned(0, 1).spawned(1, 1);

        // when
        pool.ready(1, 1);

        // then
        assertThat(pool.steered()).containsExactly(1);
    }

    @Test
    void aReadyWorkerKilledBySignalIsReplacedAtOnceOnItsShard() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.queue(1, 50).ended(1, 1, true);

        // then
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.commands(SpawnWorker.class)).singleElement().satisfies(spawn -> {
            assertThat(spawn.ordinal()).isEqualTo(1);
            assertThat(spawn.number()).isEqualTo(2);
            assertThat(spawn.shard()).isEqualTo(1);
        });
    }

    @Test
    void aHungWorkerIsKilledAndItsReplacementStartsBeforeItIsGone() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(new PoolEvent.Happened(1, 1, new Life.Event.KillOrdered()));

        // then
        assertThat(pool.commands(KillGroup.class)).containsExactly(new KillGroup(1, 1));
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.commands(SpawnWorker.class))
                .singleElement()
                .extracting(SpawnWorker::number)
                .isEqualTo(2);
        assertThat(pool.state().place(1).restarts()).isOne();
        assertThat(pool.ended(1, 1, true).state().place(1).restarts())
                .as("counted once")
                .isOne();
    }

    @Test
    void aWorkerKilledAloneBeforeItWasReadyBacksOff() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.KillOrdered()));

        // then
        assertThat(pool.state().place(0).backingOff()).isTrue();
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
    }

    /// Three times within a minute, and no more.
    private static PoolPlay limited(int replicas) {
        var limit = new RestartPolicy.Limit(3, Duration.ofMinutes(1), RestartPolicy.OnFailure.STAY);
        var spec = PoolPlay.spec(replicas, "cmd");
        return PoolPlay.of(Specs.restart(spec, spec.restart().withLimit(limit)));
    }

    @Test
    void aWorkerThatIsKilledTooOftenIsGivenUpUntilItIsAskedFor() {
        // given
        var pool = limited(2).openReady();
        for (int number = 1; number <= 3; number++) {
            pool.ended(0, number, true).spawned(0, number + 1).ready(0, number + 1);
            assertThat(pool.state().failed()).isFalse();
        }

        // when
        pool.ended(0, 4, true);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().failed()).isTrue();
        assertThat(Aspect.degraded(pool.state(), Optional.empty()))
                .isEqualTo(
                        new Aspect(true, Aspect.Reason.FAILED, "Failed too often, and not started any more: web-0."));
        assertThat(pool.steered()).containsExactly(1);

        // when
        pool.event(new PoolEvent.RestartOrdered(0));

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
        assertThat(pool.state().failed()).isFalse();
    }

    @Test
    void whatEndedLongAgoIsNotCounted() {
        // given
        var pool = limited(1).openReady();

        // when
        for (int number = 1; number <= 10; number++) {
            pool.pass(Duration.ofSeconds(21))
                    .ended(0, number, true)
                    .spawned(0, number + 1)
                    .ready(0, number + 1);
        }

        // then
        assertThat(pool.state().failed()).isFalse();
    }

    @Test
    void anotherTemplateIsTriedWhereOneWasGivenUp() {
        // given
        var pool = limited(1).open();
        for (int number = 1; number <= 4; number++) {
            pool.spawned(0, number).ended(0, number, false).event(new PoolEvent.BackOffEnded(0, number));
        }
        assertThat(pool.state().failed()).isTrue();

        // when
        pool.event(new PoolEvent.SpecChanged(
                pool.state().spec().withTemplate(PoolPlay.spec(1, "other").template())));

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
        assertThat(pool.state().failed()).isFalse();
    }

    @Test
    void theFreeShardWithTheLongestQueueIsLeasedFirst() {
        // given
        var pool = PoolPlay.of(3).openReady();

        // when
        pool.queue(0, 5).queue(1, 9).queue(3, 7).ended(0, 1, false).ended(1, 1, true);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(1);
    }

    @Test
    void aWorkerThatExitsByItselfBacksOffTwiceAsLongEachTimeUpToTheMaximum() {
        // given
        var pool = PoolPlay.of(1).openReady();

        // when / then
        long expected = 100;
        for (int failure = 1; failure <= 12; failure++) {
            pool.ended(0, failure, false);
            assertThat(pool.commands(SpawnWorker.class)).isEmpty();
            assertThat(pool.commands(StartTimer.class))
                    .singleElement()
                    .isEqualTo(new StartTimer(Duration.ofMillis(expected), new PoolEvent.BackOffEnded(0, failure)));
            expected = Math.min(expected * 2, 30_000);
            pool.event(new PoolEvent.BackOffEnded(0, failure));
            assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
            pool.spawned(0, failure + 1);
        }
    }

    @Test
    void theBackOffBeginsAnewAfterALongTimeOfBeingReady() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.ended(0, 1, false).event(new PoolEvent.BackOffEnded(0, 1));
        pool.spawned(0, 2).ready(0, 2);

        // when
        pool.pass(Duration.ofSeconds(60)).ended(0, 2, false);

        // then
        assertThat(pool.commands(StartTimer.class))
                .containsExactly(new StartTimer(Duration.ofMillis(100), new PoolEvent.BackOffEnded(0, 2)));
    }

    @Test
    void aWorkerKilledBeforeItWasReadyBacksOffToo() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);

        // when
        pool.ended(0, 1, true);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.commands(StartTimer.class)).hasSize(1);
    }

    @Test
    void aReadyWorkerKilledBySignalIsReplacedAtOnceThoughItsReplacementHadFailed() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "bad"))).spawned(0, 2);
        pool.ended(0, 2, false);

        // when
        pool.ended(0, 1, true);

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void aWorkerThatNeverGetsReadyDoesNotKeepStrandedConnectionsWaiting() {
        // given
        var pool = PoolPlay.of(2).open().spawned(0, 1).spawned(1, 1).ready(0, 1);
        pool.queue(2, 1).pass(Duration.ofSeconds(60)).event(new PoolEvent.Ticked());

        // when
        pool.event(new PoolEvent.Ticked());

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(2);
    }

    @Test
    void aWorkerThatCannotBeStartedBacksOffToo() {
        // given
        var pool = PoolPlay.of(1).open();

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.SpawnFailed()));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.commands(StartTimer.class))
                .containsExactly(new StartTimer(Duration.ofMillis(100), new PoolEvent.BackOffEnded(0, 1)));
    }

    @Test
    void aLateBackOffTimerStartsNobodyElse() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.ended(0, 1, false).event(new PoolEvent.BackOffEnded(0, 1));
        pool.spawned(0, 2).ended(0, 2, false);

        // when
        pool.event(new PoolEvent.BackOffEnded(0, 1));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
    }

    @Test
    void aReplacementIsReadyBeforeTheOldOneGivesWay() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(new PoolEvent.RestartOrdered(0));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(2);
        assertThat(pool.steered()).containsExactlyInAnyOrder(0, 1);
    }

    @Test
    void theTableIsSwappedInOneStepWhenTheReplacementIsReady() {
        // given
        var pool = PoolPlay.of(2).openReady();
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2);

        // when
        pool.ready(0, 2);

        // then
        assertThat(pool.commands(Steer.class)).containsExactly(new Steer(Set.of(1, 2)));
        assertThat(pool.commands(SendStopSignal.class)).isEmpty();
    }

    @Test
    void theOldOneIsToldToStopWhenItsQueueHasBeenEmptyForTheSettleTime() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2).ready(0, 2).queue(0, 1);

        // when
        pool.event(new PoolEvent.QueueCheckDue(0, 1)).pass(PoolPlay.SETTLE);
        assertThat(pool.commands(SendStopSignal.class)).isEmpty();
        pool.queue(0, 0).event(new PoolEvent.QueueCheckDue(0, 1)).pass(PoolPlay.SETTLE);
        assertThat(pool.commands(SendStopSignal.class)).isEmpty();
        pool.event(new PoolEvent.QueueCheckDue(0, 1));

        // then
        assertThat(pool.commands(SendStopSignal.class)).containsExactly(new SendStopSignal(0, 1));
    }

    @Test
    void aRestartAskedForTwiceIsDoneOnce() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.RestartOrdered(0));

        // when
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2).ready(0, 2);
        pool.ended(0, 1, false);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().members()).hasSize(1);
    }

    @Test
    void noMoreThanTheSurgeAreReplacedAtATime() {
        // given
        var pool = PoolPlay.of(4).openReady();

        // when
        for (int ordinal = 0; ordinal < 4; ordinal++) {
            pool.event(new PoolEvent.RestartOrdered(ordinal));
        }

        // then
        assertThat(pool.state().members()).hasSize(5);
    }

    @Test
    void aPlaceThatBacksOffKeepsItsRoomFromThoseThatAreReplaced() {
        // given
        var pool = PoolPlay.of(3).openReady().ended(2, 1, false);

        // when
        pool.event(new PoolEvent.RestartOrdered(0)).event(new PoolEvent.RestartOrdered(1));
        pool.event(new PoolEvent.BackOffEnded(2, 1));

        // then
        assertThat(pool.state().members()).hasSize(4);
    }

    @Test
    void aReplacedWorkerThatStillDrainsDoesNotHideTheNextRestart() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2).ready(0, 2);

        // when
        pool.event(new PoolEvent.RestartOrdered(0)).ended(0, 1, false);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::number)
                .containsExactly(3);
    }

    @Test
    void anOldWorkerThatFailsWhileItsReplacementStartsDelaysNobody() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2);

        // when
        pool.ended(0, 1, false).ready(0, 2).ended(0, 2, true);

        // then
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void aNewTemplateReplacesEveryWorkerOneAfterTheOther() {
        // given
        var pool = PoolPlay.of(3).openReady();

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(3, "other")));

        // then
        for (int ordinal = 0; ordinal < 3; ordinal++) {
            assertThat(pool.readyCount()).isEqualTo(3);
            pool.spawned(ordinal, 2).ready(ordinal, 2);
            pool.event(new PoolEvent.QueueCheckDue(ordinal, 1)).pass(PoolPlay.SETTLE);
            pool.event(new PoolEvent.QueueCheckDue(ordinal, 1));
            pool.ended(ordinal, 1, false);
        }
        assertThat(pool.state().members())
                .allMatch(member -> member.revision() == 2)
                .hasSize(3);
    }

    @Test
    void aReplacementThatFailsLeavesTheOldOneAlone() {
        // given
        var pool = PoolPlay.of(1).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "bad"))).spawned(0, 2);

        // when
        pool.ended(0, 2, false);

        // then
        assertThat(pool.readyCount()).isEqualTo(1);
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.commands(StartTimer.class)).hasSize(1);
    }

    @Test
    void scalingDownRetiresTheHighestOrdinals() {
        // given
        var pool = PoolPlay.of(3).openReady();

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "cmd")));

        // then
        assertThat(pool.steered()).containsExactly(0);
        assertThat(pool.state().place(1).members()).allMatch(Member::leaving);
        assertThat(pool.state().place(2).members()).allMatch(Member::leaving);
    }

    @Test
    void aPlaceThatIsWantedAgainGoesOnCountingItsIncarnations() {
        // given
        var pool = PoolPlay.of(2).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "cmd"))).ended(1, 1, false);
        assertThat(pool.state().ordinals()).containsExactly(0);

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(2, "cmd")));

        // then
        assertThat(pool.commands(SpawnWorker.class)).singleElement().satisfies(spawn -> {
            assertThat(spawn.ordinal()).isEqualTo(1);
            assertThat(spawn.number()).isEqualTo(2);
        });
    }

    @Test
    void connectionsWaitInAParkedShardWhileThePoolIsScaledToZero() {
        // given
        var pool = PoolPlay.of(2).openReady();
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(0, "cmd")));
        for (int ordinal = 0; ordinal < 2; ordinal++) {
            pool.event(new PoolEvent.Happened(ordinal, 1, new Life.Event.StopOrdered()))
                    .ended(ordinal, 1, false);
        }
        pool.queue(pool.steered().iterator().next(), 3);
        int waiting = pool.steered().iterator().next();

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(1, "cmd")));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(waiting);
    }

    @Test
    void shardsAreOpenedBeforeAnybodyIsSteeredToThem() {
        // given
        var pool = PoolPlay.of(1).openReady();

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(8, "cmd")));

        // then
        assertThat(pool.commands().getFirst()).isEqualTo(new PoolCommand.GrowShards(8));
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .doesNotHaveDuplicates()
                .hasSize(7);
    }

    @Test
    void connectionsStrandedInAParkedShardAreRescuedByAReplacement() {
        // given
        var pool = PoolPlay.of(2).openReady().queue(2, 1);

        // when
        pool.event(new PoolEvent.Ticked());
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        pool.event(new PoolEvent.Ticked());

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::shard)
                .containsExactly(2);
    }

    @Test
    void aWorkerThatAnnouncesItsLeavingIsReplacedBeforeItIsGone() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.DrainingReported()));

        // then
        assertThat(pool.steered()).containsExactly(1);
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal)
                .containsExactly(0);
    }

    @Test
    void aWorkerThatLeavesBeforeItWasReadyBacksOff() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.DrainingReported()));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.commands(StartTimer.class))
                .contains(new StartTimer(Duration.ofMillis(100), new PoolEvent.BackOffEnded(0, 1)));
        pool.ended(0, 1, false);
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        pool.event(new PoolEvent.BackOffEnded(0, 1));
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);
    }

    @Test
    void aWorkerThatRefusesItsListenersBacksOff() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.StopOrdered()));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().place(0).backingOff()).isTrue();
    }

    @Test
    void stoppingStopsEveryoneAndStartsNobody() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        pool.event(new PoolEvent.StopOrdered());

        // then
        assertThat(pool.commands(SendStopSignal.class)).hasSize(2);
        pool.ended(0, 1, true).ended(1, 1, false);
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().idle()).isTrue();
    }

    @Test
    void whoIgnoresItsStopSignalIsKilledWhenTheGraceEnds() {
        // given
        var pool = PoolPlay.of(1).openReady().event(new PoolEvent.StopOrdered());

        // when
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.GraceEnded()));

        // then
        assertThat(pool.commands(KillGroup.class)).containsExactly(new KillGroup(0, 1));
    }

    @Test
    void aWorkerThatIsStillBeingMadeIsStoppedAsSoonAsItIs() {
        // given
        var pool = PoolPlay.of(1).open().event(new PoolEvent.StopOrdered());

        // when
        pool.spawned(0, 1);

        // then
        assertThat(pool.commands(SendStopSignal.class)).containsExactly(new SendStopSignal(0, 1));
    }

    @Test
    void withoutSurgeAWorkerIsStoppedBeforeItsReplacementStarts() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(2, "cmd", 0, 1)).openReady();

        // when
        pool.event(new PoolEvent.SpecChanged(PoolPlay.spec(2, "other", 0, 1)));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.readyCount()).isEqualTo(1);
    }

    @Test
    void theFirstShardedSocketIsSteeredToThoseWhoAreReady() {
        // given
        var pool = PoolPlay.of(2).openReady().event(new PoolEvent.SocketsChanged(Duration.ZERO));

        // when
        pool.event(new PoolEvent.SocketsChanged(PoolPlay.SETTLE));

        // then
        assertThat(pool.commands()).containsExactly(new Steer(Set.of(0, 1)));
        assertThat(pool.state().settle()).isEqualTo(PoolPlay.SETTLE);
    }
}
