package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.pool.PoolCommand.KillGroup;
import dev.drover.supervisor.pool.PoolCommand.SendStopSignal;
import dev.drover.supervisor.pool.PoolCommand.SpawnWorker;
import dev.drover.supervisor.pool.PoolCommand.StartTimer;
import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What a rollout does to the workers of a pool.
class PoolRolloutTest {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final PoolSpec BAD = PoolPlay.spec(2, "bad");

    private static PoolPlay change(PoolPlay pool, PoolSpec spec) {
        return pool.event(new PoolEvent.SpecChanged(spec));
    }

    private static PoolPlay order(PoolPlay pool, RolloutOrder order) {
        return pool.event(new PoolEvent.RolloutOrdered(order));
    }

    /// Two workers of revision 1 serve, one of revision 2 was started beside `web-0` and does not get ready.
    private static PoolPlay inTheMiddle(PoolSpec next) {
        return change(PoolPlay.of(2).openReady(), next).spawned(0, 2);
    }

    private static PoolPlay failed(PoolSpec next) {
        return inTheMiddle(next).pass(DEADLINE).event(new PoolEvent.DeadlineEnded(2));
    }

    /// The successor is ready, and the old one goes.
    private static PoolPlay replace(PoolPlay pool, int ordinal, int number) {
        return pool.spawned(ordinal, number)
                .ready(ordinal, number)
                .event(new PoolEvent.Happened(ordinal, number - 1, new Life.Event.StopOrdered()))
                .ended(ordinal, number - 1, false);
    }

    private static List<Integer> kept(PoolPlay pool) {
        return pool.state().revisions().kept().stream().map(Revision::number).toList();
    }

    @Test
    void anOldWorkerThatDiesDuringARolloutComesBackFromTheLastGoodRevision() {
        // given
        var pool = inTheMiddle(BAD);

        // when
        pool.ended(0, 1, true);

        // then
        assertThat(pool.commands(SpawnWorker.class)).singleElement().satisfies(spawn -> {
            assertThat(spawn.ordinal()).isZero();
            assertThat(spawn.revision()).isEqualTo(1);
            assertThat(spawn.template().command()).containsExactly("cmd");
        });
    }

    @Test
    void anOldWorkerThatExitsByItselfDuringARolloutBacksOffAndComesBackFromTheLastGoodRevision() {
        // given
        var pool = inTheMiddle(BAD).ended(1, 1, false);

        // when
        pool.event(new PoolEvent.BackOffEnded(1, 1));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(1, 1));
    }

    @Test
    void aRolledWorkerThatDiesComesBackFromTheNewRevision() {
        // given
        var pool = inTheMiddle(PoolPlay.spec(2, "other")).ready(0, 2).ended(0, 1, false);

        // when
        pool.ended(0, 2, true);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .contains(tuple(0, 2));
    }

    @Test
    void aRevisionWithoutProgressFailsAndIsStoppedAndTheOldOnesAreLeftAlone() {
        // given
        var pool = inTheMiddle(BAD).pass(DEADLINE);

        // when
        pool.event(new PoolEvent.DeadlineEnded(2));

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
        assertThat(pool.commands(SendStopSignal.class)).containsExactly(new SendStopSignal(0, 2));
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.readyCount()).isEqualTo(2);
        assertThat(pool.steered()).isEqualTo(Set.of(0, 1));
        assertThat(pool.state().spec()).isEqualTo(BAD);
    }

    @Test
    void theDeadlineIsFoundToBeOverWhenItsTimerIsLost() {
        // given
        var pool = inTheMiddle(BAD).pass(DEADLINE);

        // when
        pool.event(new PoolEvent.Ticked());

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
    }

    @Test
    void theTimerOfAnEarlierRolloutSaysNothing() {
        // given
        var pool = inTheMiddle(BAD).pass(DEADLINE);

        // when
        pool.event(new PoolEvent.DeadlineEnded(1));

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Progressing.class);
    }

    @Test
    void progressBeginsTheDeadlineAnew() {
        // given
        var pool = inTheMiddle(PoolPlay.spec(2, "other"));
        pool.pass(DEADLINE.minusSeconds(1)).ready(0, 2).ended(0, 1, false).spawned(1, 2);

        // when
        pool.pass(Duration.ofSeconds(1)).event(new PoolEvent.DeadlineEnded(2));

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Progressing.class);
        pool.pass(DEADLINE).event(new PoolEvent.DeadlineEnded(2));
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
    }

    @Test
    void waitingForAnOldWorkerToLeaveIsNoFailure() {
        // given
        var pool = inTheMiddle(PoolPlay.spec(2, "other")).ready(0, 2);
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();

        // when
        pool.pass(DEADLINE.multipliedBy(3)).event(new PoolEvent.DeadlineEnded(2));

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Progressing.class);
    }

    @Test
    void aWorkerThatComesAndGoesIsNoProgress() {
        // given
        var pool = inTheMiddle(PoolPlay.spec(2, "other")).ready(0, 2).ended(0, 1, false);
        pool.spawned(1, 2);

        // when
        for (int number = 2; number <= 60; number++) {
            pool.pass(Duration.ofSeconds(1)).ended(0, number, true);
            pool.spawned(0, number + 1).ready(0, number + 1);
        }
        pool.pass(Duration.ofSeconds(1)).event(new PoolEvent.DeadlineEnded(2));

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
    }

    @Test
    void theFailureTellsWhatWasSeen() {
        // given
        var pool = change(PoolPlay.of(2).openReady(), BAD);
        pool.spawned(0, 2).ended(0, 2, false).event(new PoolEvent.SpawnFailed(1, 2, "ENOENT"));
        pool.event(new PoolEvent.BackOffEnded(0, 2)).spawned(0, 3);

        // when
        pool.pass(DEADLINE).event(new PoolEvent.Ticked());

        // then
        assertThat(pool.state().rollout())
                .isEqualTo(new Rollout.Failed(
                        2,
                        new Revision.Failure(
                                2,
                                "No worker of revision 2 became available for 60 s; 0 of 2 are. "
                                        + "Failed: 2, the last: web-1.2 could not be started: ENOENT. "
                                        + "Not ready: web-0.3.")));
    }

    @Test
    void whatDiesAfterAFailureComesBackFromTheLastGoodRevisionAndSoDoesWhatIsAdded() {
        // given
        var pool = failed(BAD).ended(0, 2, false);

        // when
        pool.ended(1, 1, true);
        var repaired = pool.commands(SpawnWorker.class);
        change(pool, BAD.withReplicas(3));
        var added = pool.commands(SpawnWorker.class);

        // then
        assertThat(repaired).extracting(SpawnWorker::revision).containsExactly(1);
        assertThat(added).extracting(SpawnWorker::ordinal).containsExactly(2);
        assertThat(added).extracting(SpawnWorker::revision).containsExactly(1);
    }

    @Test
    void workersOfAFailedRevisionThatServeGiveWayToTheGoodOneByOne() {
        // given
        var pool = inTheMiddle(PoolPlay.spec(2, "other")).ready(0, 2).ended(0, 1, false);
        pool.spawned(1, 2);

        // when
        pool.pass(DEADLINE).event(new PoolEvent.DeadlineEnded(2)).ended(1, 2, false);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(0, 1));
        assertThat(pool.readyCount()).isEqualTo(2);
    }

    @Test
    void aFailureIsRolledBackWhereThatIsWanted() {
        // given
        var spec = Specs.rollback(BAD, true);

        // when
        var pool = failed(spec);

        // then
        assertThat(pool.state().revision()).isEqualTo(3);
        assertThat(kept(pool)).containsExactly(2, 3);
        assertThat(pool.state().spec().template().command()).containsExactly("cmd");
        assertThat(pool.state().generation()).isEqualTo(3);
        assertThat(pool.state().rollout()).isEqualTo(new Rollout.Complete(3));
        assertThat(pool.state().revisions().current().insteadOf()).hasValueSatisfying(failure -> {
            assertThat(failure.revision()).isEqualTo(2);
            assertThat(failure.message()).contains("Not ready: web-0.2");
        });
        assertThat(pool.readyCount()).isEqualTo(2);
    }

    @Test
    void whatWasRolledBackToIsNotRolledBackAgain() {
        // given
        var pool = failed(Specs.rollback(BAD, true)).ended(0, 2, false);
        order(pool, new RolloutOrder.Restart());
        assertThat(pool.state().revision()).isEqualTo(4);
        pool.spawned(0, 3);

        // when
        pool.pass(DEADLINE).event(new PoolEvent.Ticked());

        // then
        assertThat(pool.state().revision()).isEqualTo(5);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
        pool.pass(DEADLINE).event(new PoolEvent.Ticked());
        assertThat(pool.state().revision()).isEqualTo(5);
    }

    @Test
    void theFirstRevisionIsTriedOnAfterItsFailureAndMayYetSucceed() {
        // given
        var pool = PoolPlay.of(1).open().spawned(0, 1);
        pool.pass(DEADLINE).event(new PoolEvent.DeadlineEnded(1));
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
        assertThat(pool.commands(SendStopSignal.class)).isEmpty();
        pool.ended(0, 1, false).event(new PoolEvent.BackOffEnded(0, 1));
        assertThat(pool.commands(SpawnWorker.class)).hasSize(1);

        // when
        pool.spawned(0, 2).ready(0, 2);

        // then
        assertThat(pool.state().rollout()).isEqualTo(new Rollout.Complete(1));
        assertThat(pool.state().revisions().good()).isEqualTo(1);
    }

    @Test
    void aChangeInTheMiddleReplacesTheRolloutAndWhoNeverServedGivesWayAtOnce() {
        // given
        var pool = inTheMiddle(BAD);

        // when
        change(pool, PoolPlay.spec(2, "third"));

        // then
        assertThat(pool.commands(SendStopSignal.class)).containsExactly(new SendStopSignal(0, 2));
        assertThat(pool.state().rollout().id()).isEqualTo(3);
        pool.ended(0, 2, false);
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::revision)
                .containsExactly(3);
    }

    @Test
    void aRestartThatHangsGivesWayToARollout() {
        // given
        var pool = PoolPlay.of(1)
                .openReady()
                .event(new PoolEvent.RestartOrdered(0))
                .spawned(0, 2);

        // when
        change(pool, PoolPlay.spec(1, "other")).ended(0, 2, false);

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::revision)
                .containsExactly(2);
        assertThat(pool.readyCount()).isEqualTo(1);
    }

    @Test
    void anUndoMakesARevisionOfTheOldTemplateAndTheOldNumberDisappears() {
        // given
        var pool = replace(replace(inTheMiddle(PoolPlay.spec(2, "other")), 0, 2), 1, 2);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);

        // when
        order(pool, new RolloutOrder.Undo(OptionalInt.empty()));

        // then
        assertThat(pool.outcome()).isEqualTo(new RolloutOutcome.Accepted(3, "pool web rolled back to revision 1"));
        assertThat(kept(pool)).containsExactly(2, 3);
        assertThat(pool.state().revisions().current().cause()).isEqualTo("undo to revision 1");
        assertThat(pool.state().spec().template().command()).containsExactly("cmd");
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::revision)
                .containsExactly(3);
    }

    @Test
    void anUndoInTheMiddleLeavesThoseAloneThatWereNotRolledYet() {
        // given
        var pool = inTheMiddle(BAD);

        // when
        order(pool, new RolloutOrder.Undo(OptionalInt.of(1)));

        // then
        assertThat(pool.state().rollout()).isEqualTo(new Rollout.Complete(3));
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.commands(SendStopSignal.class)).containsExactly(new SendStopSignal(0, 2));
        assertThat(pool.state().members().filter(Member::ready)).allMatch(member -> member.revision() == 3);
    }

    @Test
    void anUndoThatCannotBeDoneIsRefused() {
        // given
        var pool = PoolPlay.of(1).openReady();

        // when / then
        order(pool, new RolloutOrder.Undo(OptionalInt.empty()));
        assertThat(pool.outcome())
                .isEqualTo(new RolloutOutcome.Refused(
                        RolloutOutcome.Reason.NO_HISTORY,
                        "cannot undo the rollout of pool web: revision 1 is the only one"));
        order(pool, new RolloutOrder.Undo(OptionalInt.of(7)));
        assertThat(pool.outcome())
                .isEqualTo(new RolloutOutcome.Refused(
                        RolloutOutcome.Reason.UNKNOWN_REVISION,
                        "cannot undo the rollout of pool web to revision 7: kept are 1"));
        order(pool, new RolloutOrder.Undo(OptionalInt.of(1)));
        assertThat(pool.outcome()).isEqualTo(new RolloutOutcome.Unchanged("revision 1 of pool web is wanted already"));
        assertThat(pool.state().revision()).isEqualTo(1);
    }

    @Test
    void aTemplateThatWasWantedBeforeIsTheSameRevisionUnderANewNumber() {
        // given
        var pool = inTheMiddle(BAD);

        // when
        change(pool, PoolPlay.spec(2, "cmd"));

        // then
        assertThat(kept(pool)).containsExactly(2, 3);
        assertThat(pool.state().revisions().good()).isEqualTo(3);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
    }

    @Test
    void ofTwoRevisionsWithTheWantedTemplateTheOneThatServesIsWantedAgain() {
        // given
        var pool = order(PoolPlay.of(1).openReady(), new RolloutOrder.Restart());
        change(pool, PoolPlay.spec(1, "other"));

        // when
        change(pool, PoolPlay.spec(1, "cmd"));

        // then
        assertThat(kept(pool)).containsExactly(2, 3, 4);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
    }

    @Test
    void theHistoryIsCutToItsLimit() {
        // given
        var pool = PoolPlay.of(Specs.historyLimit(PoolPlay.spec(0, "cmd"), 2)).open();

        // when
        for (int i = 0; i < 5; i++) {
            change(
                    pool,
                    pool.state()
                            .spec()
                            .withTemplate(PoolPlay.spec(0, "cmd-" + i).template()));
        }

        // then
        assertThat(kept(pool)).containsExactly(4, 5, 6);
    }

    @Test
    void theRevisionThatServesIsKeptWhateverTheLimit() {
        // given
        var pool = PoolPlay.of(Specs.historyLimit(PoolPlay.spec(1, "cmd"), 0)).openReady();

        // when
        for (int i = 0; i < 5; i++) {
            change(
                    pool,
                    pool.state()
                            .spec()
                            .withTemplate(PoolPlay.spec(1, "bad-" + i).template()));
        }

        // then
        assertThat(kept(pool)).containsExactly(1, 6);
    }

    @Test
    void aRestartOfTheRolloutReplacesEveryWorkerWithTheSameTemplate() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        order(pool, new RolloutOrder.Restart());

        // then
        assertThat(pool.outcome()).isEqualTo(new RolloutOutcome.Accepted(2, "pool web restarted"));
        assertThat(pool.state().generation()).isEqualTo(1);
        replace(replace(pool, 0, 2), 1, 2);
        assertThat(pool.state().members()).hasSize(2).allMatch(member -> member.revision() == 2);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
    }

    @Test
    void nothingIsRolledFurtherWhileItIsPausedButWhatWasBegunIsFinished() {
        // given
        var pool = order(inTheMiddle(PoolPlay.spec(2, "other")), new RolloutOrder.Pause());

        // when
        replace(pool, 0, 2);

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.state().members().map(Member::revision)).containsExactly(2, 1);
        order(pool, new RolloutOrder.Resume());
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal)
                .containsExactly(1);
    }

    @Test
    void whileItIsPausedEachPlaceComesBackFromTheRevisionItHad() {
        // given
        var pool = replace(inTheMiddle(PoolPlay.spec(2, "other")), 0, 2);
        order(pool, new RolloutOrder.Pause());

        // when
        pool.ended(0, 2, true);
        var first = pool.commands(SpawnWorker.class);
        pool.ended(1, 1, true);
        var second = pool.commands(SpawnWorker.class);

        // then
        assertThat(first).extracting(SpawnWorker::revision).containsExactly(2);
        assertThat(second).extracting(SpawnWorker::revision).containsExactly(1);
    }

    @Test
    void noDeadlineRunsWhileItIsPaused() {
        // given
        var pool = order(inTheMiddle(BAD), new RolloutOrder.Pause());

        // when
        pool.pass(DEADLINE.multipliedBy(2))
                .event(new PoolEvent.DeadlineEnded(2))
                .event(new PoolEvent.Ticked());

        // then
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Paused.class);
        order(pool, new RolloutOrder.Resume()).event(new PoolEvent.Ticked());
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Progressing.class);
    }

    @Test
    void changesGatherWhileItIsPausedAndMakeOneRevision() {
        // given
        var pool = order(PoolPlay.of(1).openReady(), new RolloutOrder.Pause());

        // when
        change(pool, PoolPlay.spec(1, "second"));
        change(pool, PoolPlay.spec(1, "third"));
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        order(pool, new RolloutOrder.Resume());

        // then
        assertThat(kept(pool)).containsExactly(1, 2);
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(spawn -> spawn.template().command())
                .containsExactly(List.of("third"));
        assertThat(pool.state().generation()).isEqualTo(3);
    }

    @Test
    void ordersThatDoNotFitAPauseAreRefused() {
        // given
        var pool = PoolPlay.of(1).openReady();

        // when / then
        order(pool, new RolloutOrder.Resume());
        assertThat(pool.outcome())
                .isInstanceOfSatisfying(
                        RolloutOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RolloutOutcome.Reason.NOT_PAUSED));
        order(pool, new RolloutOrder.Pause());
        order(pool, new RolloutOrder.Pause());
        assertThat(pool.outcome()).isInstanceOf(RolloutOutcome.Unchanged.class);
        for (var order : List.of(new RolloutOrder.Restart(), new RolloutOrder.Undo(OptionalInt.empty()))) {
            order(pool, order);
            assertThat(pool.outcome())
                    .isInstanceOfSatisfying(
                            RolloutOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(RolloutOutcome.Reason.PAUSED));
        }
        pool.event(new PoolEvent.StopOrdered());
        order(pool, new RolloutOrder.Restart());
        assertThat(pool.outcome())
                .isInstanceOfSatisfying(
                        RolloutOutcome.Refused.class,
                        refused -> assertThat(refused.reason()).isEqualTo(RolloutOutcome.Reason.STOPPING));
    }

    @Test
    void whatIsAddedDuringARolloutStartsFromTheLastGoodRevision() {
        // given
        var pool = inTheMiddle(BAD);

        // when
        change(pool, BAD.withReplicas(3));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(2, 1));
    }

    @Test
    void aScaleAloneIsNoRevision() {
        // given
        var pool = PoolPlay.of(2).openReady();

        // when
        change(pool, PoolPlay.spec(5, "cmd"));

        // then
        assertThat(pool.state().revision()).isEqualTo(1);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
        assertThat(pool.state().generation()).isEqualTo(2);
    }

    @Test
    void aRevisionWantedWhileNothingRanIsRolledOutWhenSomethingDoes() {
        // given
        var pool = change(PoolPlay.of(1).openReady(), PoolPlay.spec(0, "cmd"));
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.StopOrdered())).ended(0, 1, false);
        change(pool, PoolPlay.spec(0, "bad"));
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);

        // when
        change(pool, PoolPlay.spec(1, "bad"));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::revision)
                .containsExactly(2);
        pool.spawned(0, 2).pass(DEADLINE).event(new PoolEvent.Ticked());
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Failed.class);
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::revision)
                .containsExactly(1);
    }

    @Test
    void withoutSurgeNoMoreAreGivenAwayThanMayBeMissingAndACrashComesBackFromTheGood() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(3, "cmd", 0, 1)).openReady();
        change(pool, PoolPlay.spec(3, "bad", 0, 1));
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.StopOrdered())).ended(0, 1, false);
        var given = pool.commands(SpawnWorker.class);

        // when
        pool.spawned(0, 2).ended(1, 1, true);

        // then
        assertThat(given)
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(0, 2));
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(1, 1));
    }

    @Test
    void aPlaceThatIsNotWantedForgetsWhatItWasGivenToThoughSomebodyStillLeavesIt() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(1, "cmd", 0, 1)).openReady();
        change(pool, PoolPlay.spec(1, "bad", 0, 1));
        pool.event(new PoolEvent.Happened(0, 1, new Life.Event.StopOrdered())).ended(0, 1, false);
        pool.spawned(0, 2);

        // when
        change(pool, PoolPlay.spec(0, "bad", 1, 0));
        order(pool, new RolloutOrder.Pause());
        change(pool, PoolPlay.spec(1, "bad", 1, 0));

        // then
        assertThat(pool.state().place(0).revision()).isZero();
    }

    @Test
    void aRestartWhileTheReplacementIsNotReadyForLongEnoughChangesNothing() {
        // given
        var spec = Specs.minReady(PoolPlay.spec(1, "cmd"), Duration.ofSeconds(10));
        var pool = PoolPlay.of(spec).openReady().pass(Duration.ofSeconds(10)).event(new PoolEvent.MinReadyPassed());
        pool.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2).ready(0, 2);

        // when
        pool.event(new PoolEvent.RestartOrdered(0));

        // then
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        pool.pass(Duration.ofSeconds(10)).event(new PoolEvent.MinReadyPassed());
        assertThat(pool.commands(SpawnWorker.class)).isEmpty();
        assertThat(pool.readyCount()).isEqualTo(1);
    }

    @Test
    void withoutSurgeAPlaceThatIsEmptyAnywayIsRolledFirst() {
        // given
        var pool = PoolPlay.of(PoolPlay.spec(3, "cmd", 0, 1)).openReady().ended(2, 1, false);

        // when
        change(pool, PoolPlay.spec(3, "other", 0, 1));

        // then
        assertThat(pool.commands(SpawnWorker.class))
                .extracting(SpawnWorker::ordinal, SpawnWorker::revision)
                .containsExactly(tuple(2, 2));
        assertThat(pool.readyCount()).isEqualTo(2);
    }

    @Test
    void theOldOneStaysUntilTheNewOneHasBeenReadyForLongEnough() {
        // given
        var spec = Specs.minReady(PoolPlay.spec(1, "cmd"), Duration.ofSeconds(10));
        var pool = PoolPlay.of(spec).openReady().pass(Duration.ofSeconds(10)).event(new PoolEvent.MinReadyPassed());
        change(pool, Specs.minReady(PoolPlay.spec(1, "other"), Duration.ofSeconds(10)));
        pool.spawned(0, 2).ready(0, 2);
        assertThat(pool.steered()).containsExactlyInAnyOrder(0, 1);
        assertThat(pool.commands(StartTimer.class))
                .containsExactly(new StartTimer(Duration.ofSeconds(10), new PoolEvent.MinReadyPassed()));

        // when
        pool.pass(Duration.ofSeconds(9)).event(new PoolEvent.MinReadyPassed());
        assertThat(pool.readyCount()).isEqualTo(2);
        pool.pass(Duration.ofSeconds(1)).event(new PoolEvent.MinReadyPassed());

        // then
        assertThat(pool.steered()).containsExactly(1);
        assertThat(pool.state().rollout()).isInstanceOf(Rollout.Complete.class);
    }

    @Test
    void aTickFindsWhatLostTimersHaveNot() {
        // given
        var draining = PoolPlay.of(1).openReady();
        draining.event(new PoolEvent.RestartOrdered(0)).spawned(0, 2).ready(0, 2);
        draining.event(new PoolEvent.QueueCheckDue(0, 1)).pass(Duration.ofMillis(1250));
        var waiting = PoolPlay.of(1).openReady().ended(0, 1, false);

        // when
        draining.event(new PoolEvent.Ticked());
        var stopped = draining.commands(SendStopSignal.class);
        draining.pass(Duration.ofSeconds(30)).event(new PoolEvent.Ticked());
        waiting.pass(Duration.ofMillis(100)).event(new PoolEvent.Ticked());

        // then
        assertThat(stopped).containsExactly(new SendStopSignal(0, 1));
        assertThat(draining.commands(KillGroup.class)).containsExactly(new KillGroup(0, 1));
        assertThat(waiting.commands(SpawnWorker.class)).hasSize(1);
    }
}
