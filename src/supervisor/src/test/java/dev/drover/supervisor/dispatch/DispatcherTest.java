package dev.drover.supervisor.dispatch;

import static dev.drover.supervisor.dispatch.fixtures.DispatchPlay.worker;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.drover.supervisor.dispatch.fixtures.Client;
import dev.drover.supervisor.dispatch.fixtures.DispatchPlay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DispatcherTest {
    private static final Duration TIMEOUT = DispatchPlay.LIMITS.acknowledgement();
    private static final Duration PAUSE = DispatchPlay.LIMITS.pause();

    /// Where connection 1 can be, with workers 0 and 1, of which it has to do with 0.
    enum Place {
        HELD,
        PARKED,
        WITH_A_READY_WORKER,
        WITH_ONE_THAT_IS_NOT_READY_ANY_MORE,
        WITH_A_HUNG_ONE,
        ACKNOWLEDGED
    }

    private static void bring(DispatchPlay play, Place place) {
        var _ = switch (place) {
            case HELD -> play.clients(1);
            case PARKED -> play.ready(0, 1).clients(1).refused(0, 1).refused(1, 1);
            case WITH_A_READY_WORKER -> play.ready(0, 1).clients(1);
            case WITH_ONE_THAT_IS_NOT_READY_ANY_MORE ->
                play.ready(0, 1).clients(1).ready(1);
            case WITH_A_HUNG_ONE -> {
                play.ready(0, 1).clients(1).pass(TIMEOUT);
                assertThat(play.hang(0)).isTrue();
                yield play.ready(1);
            }
            case ACKNOWLEDGED -> play.ready(0, 1).clients(1).acknowledged(0, 1);
        };
    }

    enum Happening {
        READY,
        ACKNOWLEDGED,
        REFUSED,
        ENDED,
        GONE,
        PAUSE_OVER,
        OVERDUE
    }

    private static void happen(DispatchPlay play, Happening happening) {
        switch (happening) {
            case READY -> play.ready(1);
            case ACKNOWLEDGED -> play.dispatcher().acknowledged(worker(0), 1);
            case REFUSED -> play.dispatcher().refused(worker(0), 1, 0);
            case ENDED -> play.dispatcher().ended(worker(0), 1);
            case GONE -> play.gone(0);
            case PAUSE_OVER -> play.pass(PAUSE);
            case OVERDUE -> {
                play.pass(TIMEOUT);
                play.hang(0);
            }
        }
        play.pump();
    }

    static Stream<Arguments> everyPlaceAndHappening() {
        var none = List.<String>of();
        var toTheOther = List.of("1 to web-1.1");
        return Stream.of(
                // Held: nobody is ready until somebody is.
                arguments(Place.HELD, Happening.READY, toTheOther, 1),
                arguments(Place.HELD, Happening.ACKNOWLEDGED, none, 1),
                arguments(Place.HELD, Happening.REFUSED, none, 1),
                arguments(Place.HELD, Happening.ENDED, none, 1),
                arguments(Place.HELD, Happening.GONE, none, 1),
                arguments(Place.HELD, Happening.PAUSE_OVER, none, 1),
                arguments(Place.HELD, Happening.OVERDUE, none, 1),
                // Parked: offered again after a while, or when the candidates change.
                arguments(Place.PARKED, Happening.READY, toTheOther, 1),
                arguments(Place.PARKED, Happening.ACKNOWLEDGED, none, 1),
                arguments(Place.PARKED, Happening.REFUSED, none, 1),
                arguments(Place.PARKED, Happening.ENDED, none, 1),
                arguments(Place.PARKED, Happening.GONE, toTheOther, 1),
                arguments(Place.PARKED, Happening.PAUSE_OVER, List.of("1 to web-0.1"), 1),
                arguments(Place.PARKED, Happening.OVERDUE, List.of("1 to web-0.1"), 1),
                // With a worker: given to another only when that refuses it or is dead.
                arguments(Place.WITH_A_READY_WORKER, Happening.READY, none, 1),
                arguments(Place.WITH_A_READY_WORKER, Happening.ACKNOWLEDGED, none, 0),
                arguments(Place.WITH_A_READY_WORKER, Happening.REFUSED, toTheOther, 1),
                arguments(Place.WITH_A_READY_WORKER, Happening.ENDED, none, 1),
                arguments(Place.WITH_A_READY_WORKER, Happening.GONE, toTheOther, 1),
                arguments(Place.WITH_A_READY_WORKER, Happening.PAUSE_OVER, none, 1),
                arguments(Place.WITH_A_READY_WORKER, Happening.OVERDUE, none, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.READY, none, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.ACKNOWLEDGED, none, 0),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.REFUSED, toTheOther, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.ENDED, none, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.GONE, toTheOther, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.PAUSE_OVER, none, 1),
                arguments(Place.WITH_ONE_THAT_IS_NOT_READY_ANY_MORE, Happening.OVERDUE, none, 1),
                // A hung one keeps it until it is dead, or says at last what becomes of it.
                arguments(Place.WITH_A_HUNG_ONE, Happening.READY, none, 1),
                arguments(Place.WITH_A_HUNG_ONE, Happening.ACKNOWLEDGED, none, 0),
                arguments(Place.WITH_A_HUNG_ONE, Happening.REFUSED, toTheOther, 1),
                arguments(Place.WITH_A_HUNG_ONE, Happening.ENDED, none, 1),
                arguments(Place.WITH_A_HUNG_ONE, Happening.GONE, toTheOther, 1),
                arguments(Place.WITH_A_HUNG_ONE, Happening.PAUSE_OVER, none, 1),
                arguments(Place.WITH_A_HUNG_ONE, Happening.OVERDUE, none, 1),
                // The worker's own.
                arguments(Place.ACKNOWLEDGED, Happening.READY, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.ACKNOWLEDGED, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.REFUSED, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.ENDED, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.GONE, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.PAUSE_OVER, none, 0),
                arguments(Place.ACKNOWLEDGED, Happening.OVERDUE, none, 0));
    }

    @ParameterizedTest
    @MethodSource("everyPlaceAndHappening")
    void whatBecomesOfAConnection(Place place, Happening happening, List<String> given, int inHand) {
        // given
        var play = DispatchPlay.roundRobin();
        bring(play, place);
        play.given();

        // when
        happen(play, happening);

        // then
        assertThat(play.given()).isEqualTo(given);
        assertThat(play.dispatcher().inHand()).isEqualTo(inHand);
        assertThat(play.dispatcher().isCalm()).isEqualTo(inHand == 0);
    }

    @Test
    void theTableHasEveryPair() {
        assertThat(everyPlaceAndHappening()
                        .map(row -> row.get()[0] + " " + row.get()[1])
                        .distinct())
                .hasSize(Place.values().length * Happening.values().length);
    }

    @Test
    void nothingIsAcceptedWhileNobodyCouldTakeIt() {
        // given
        var play = DispatchPlay.roundRobin();
        assertThat(play.dispatcher().room(0)).as("nobody is ready").isZero();

        // when / then
        play.ready(0);
        assertThat(play.dispatcher().room(0)).isEqualTo(3);
        play.clients(1, 2, 3);
        assertThat(play.dispatcher().room(0)).as("nobody has room").isZero();
        play.acknowledged(0, 2);
        assertThat(play.dispatcher().room(0)).isOne();
        play.refused(0, 1);
        assertThat(play.dispatcher().room(0)).as("one waits already").isZero();
        play.pass(PAUSE);
        play.ready();
        assertThat(play.dispatcher().room(0)).isZero();
    }

    @Test
    void noMoreAreInHandThanAllowed() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1, 2);

        // when
        play.clients(1, 2, 3, 4, 5, 6, 7);
        assertThat(play.dispatcher().room(0)).isOne();
        play.clients(8);

        // then
        assertThat(play.dispatcher().inHand()).isEqualTo(8);
        assertThat(play.dispatcher().room(0)).isZero();
    }

    @Test
    void aFullWorkerIsPassedOverUntilItAnswersOrAWhileHasPassed() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1).clients(1);

        // when
        play.noRoomFor(2);

        // then: worker 1, whose turn it was, is full
        assertThat(play.given()).containsExactly("1 to web-0.1", "2 to web-0.1");
        assertThat(play.clients(3).given()).containsExactly("3 to web-0.1");
        assertThat(play.dispatcher().room(0)).isZero();
        play.pass(PAUSE);
        assertThat(play.clients(4).given()).containsExactly("4 to web-1.1");
    }

    @Test
    void theAnswerOfAFullWorkerMakesRoom() {
        // given
        var play = DispatchPlay.roundRobin().ready(0).clients(1).noRoomFor(2);
        play.given();

        // when
        play.acknowledged(0, 1);

        // then
        assertThat(play.given()).containsExactly("2 to web-0.1");
    }

    @Test
    void aFullWorkerWithoutAnythingToAnswerIsTriedAgain() {
        // given
        var play = DispatchPlay.roundRobin().ready(0).noRoomFor(1);
        assertThat(play.dispatcher().isCalm()).isFalse();

        // when
        play.pass(PAUSE);

        // then
        assertThat(play.given()).containsExactly("1 to web-0.1");
    }

    @Test
    void whatWasRefusedByAllIsNotOfferedAgainAtOnce() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1).clients(1);

        // when
        play.refused(0, 1).refused(1, 1);

        // then
        assertThat(play.given()).containsExactly("1 to web-0.1", "1 to web-1.1");
        assertThat(play.pass(PAUSE.minusNanos(1)).given()).isEmpty();
        assertThat(play.pass(Duration.ofNanos(1)).given()).containsExactly("1 to web-0.1");
    }

    @Test
    void whatIsRefusedWaitsForTheOthersThatHaveNoRoomAndHoldsUpNobody() {
        // given: worker 1 has no room
        var play = DispatchPlay.roundRobin().ready(0, 1).clients(1, 2, 3, 4, 5, 6);
        play.acknowledged(0, 3).acknowledged(0, 5);
        play.given();

        // when
        play.refused(0, 1);

        // then
        assertThat(play.given()).isEmpty();
        play.clients(7);
        assertThat(play.given()).containsExactly("7 to web-0.1");
        play.acknowledged(1, 2);
        assertThat(play.given()).containsExactly("1 to web-1.1");
    }

    @Test
    void whatADeadWorkerHadComesBackInItsOrderBeforeWhatCameLater() {
        // given
        var play = DispatchPlay.roundRobin().ready(0).clients(1, 2, 3).ready().clients(4);
        play.given();

        // when
        play.gone(0).readyIncarnations(worker(0, 2));

        // then
        assertThat(play.given()).containsExactly("1+2+3 to web-0.2");
        assertThat(play.dispatcher().waiting(0)).isOne();
    }

    @Test
    void aHungWorkerIsNamedOnceAndGetsNothingMore() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1).clients(1, 2).acknowledged(1, 2);
        play.given();
        assertThat(play.pass(TIMEOUT.minusNanos(1)).overdue()).isEmpty();

        // when
        play.pass(Duration.ofNanos(1));

        // then
        assertThat(play.overdue()).containsExactly(worker(0));
        assertThat(play.hang(0)).isTrue();
        assertThat(play.overdue()).isEmpty();
        assertThat(play.hang(0)).isFalse();
        play.ready(0, 1);
        assertThat(play.clients(3, 4).given()).containsExactly("3 to web-1.1", "4 to web-1.1");
    }

    @Test
    void aWorkerThatAnsweredAtTheLastMomentIsNotHung() {
        // given
        var play = DispatchPlay.roundRobin().ready(0).clients(1).pass(TIMEOUT);
        assertThat(play.overdue()).containsExactly(worker(0));

        // when
        play.acknowledged(0, 1);

        // then
        assertThat(play.hang(0)).isFalse();
    }

    @Test
    void theTimeInWhichTheMasterStoodStillIsNotTheWorkers() {
        // given
        var play = DispatchPlay.roundRobin().ready(0).clients(1).pass(TIMEOUT);

        // when
        play.dispatcher().stoodStill(Duration.ofSeconds(3).toNanos());

        // then
        assertThat(play.overdue()).isEmpty();
        assertThat(play.pass(Duration.ofSeconds(3)).overdue()).containsExactly(worker(0));
    }

    @Test
    void aPolicyThatFailsOrAnswersNonsenseIsReplacedByTheNextInTurn() {
        // given
        var answers = List.of(7, -1, 0).iterator();
        var play = new DispatchPlay((connection, candidates) -> {
            if (!answers.hasNext()) {
                throw new UnsupportedOperationException("no more");
            }
            return answers.next();
        });

        // when
        play.ready(0, 1).clients(1, 2, 3, 4);

        // then
        assertThat(play.given()).containsExactly("1 to web-0.1", "2 to web-1.1", "3 to web-0.1", "4 to web-1.1");
        assertThat(play.problems())
                .containsExactly(
                        "it chose 7 of 2 candidates",
                        "it chose -1 of 2 candidates",
                        "it failed: java.lang.UnsupportedOperationException: no more");
    }

    @Test
    void aPolicySeesTheConnectionAndTheCandidatesWithTheirConnections() {
        // given
        var seen = new ArrayList<String>();
        var play = new DispatchPlay((connection, candidates) -> {
            seen.add(connection.peerAddress().orElseThrow() + " " + candidates.incarnation(1) + " "
                    + candidates.openConnections(0) + " " + candidates.openConnections(1));
            return 0;
        });

        // when
        play.ready(0, 1).client(Client.from(1, "10.0.0.1")).client(Client.from(2, "10.0.0.2"));

        // then
        assertThat(seen).containsExactly("/10.0.0.1:1025 web-1.1 0 0", "/10.0.0.2:1026 web-1.1 1 0");
    }

    @Test
    void openConnectionsAreThoseUnderWayAndThoseThatHaveNotEnded() {
        // given
        var play = DispatchPlay.roundRobin()
                .ready(0)
                .clients(1, 2, 3)
                .acknowledged(0, 1)
                .acknowledged(0, 2);

        // when
        play.dispatcher().ended(worker(0), 2);

        // then
        assertThat(play.dispatcher().openConnections(worker(0))).isOne();
        assertThat(play.dispatcher().openConnections(worker(5))).isZero();
    }

    @Test
    void atTheEndEverythingInHandIsGivenUp() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1).clients(1, 2, 3).acknowledged(1, 2);
        play.refused(0, 1).ready().clients(4);

        // when
        var left = play.dispatcher().abandon();

        // then
        assertThat(left).containsExactlyInAnyOrder(Client.of(1), Client.of(3), Client.of(4));
        assertThat(play.dispatcher().inHand()).isZero();
        assertThat(play.dispatcher().isCalm()).isTrue();
    }

    @Test
    void whatComesAtOnceGoesToEachWorkerWithOneTransfer() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1);

        // when
        play.clientsAtOnce(1, 2, 3, 4, 5);

        // then
        assertThat(play.given()).containsExactly("1+3+5 to web-0.1", "2+4 to web-1.1");
        assertThat(play.dispatcher().room(0)).isOne();
        assertThat(play.dispatcher().openConnections(worker(0))).isEqualTo(3);
    }

    @Test
    void aWorkerWithoutRoomForAllGetsAPart() {
        // given
        var play = DispatchPlay.roundRobin().ready(0);

        // when
        play.clientsAtOnce(1, 2, 3, 4, 5);

        // then
        assertThat(play.given()).containsExactly("1+2+3 to web-0.1");
        assertThat(play.acknowledged(0, 2).given()).containsExactly("4+5 to web-0.1");
    }

    @Test
    void aTransferThatIsRefusedGoesToOthersInItsOrder() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1).clientsAtOnce(1, 2, 3);
        play.acknowledged(1, 2);
        play.given();

        // when
        play.refused(0, 3);

        // then
        assertThat(play.given()).containsExactly("1+3 to web-1.1");
    }

    @Test
    void aTransferForWhichThereWasNoRoomGoesToOthersInItsOrder() {
        // given
        var play = DispatchPlay.roundRobin().ready(0, 1);

        // when
        play.noRoomFor(1, 2, 3);

        // then
        assertThat(play.given()).containsExactly("1+3 to web-1.1");
    }

    @Test
    void connectionsOfDifferentSocketsGoWithTransfersOfTheirOwn() {
        // given
        var play = DispatchPlay.roundRobin().ready(0);
        int other = play.dispatcher().add(DispatchPolicy.roundRobin());
        play.dispatcher().arrived(0, Client.of(1));
        play.dispatcher().arrived(other, Client.of(2));

        // when
        play.clientsAtOnce(3);

        // then
        assertThat(play.given()).containsExactly("1 to web-0.1", "2 to web-0.1", "3 to web-0.1");
    }
}
