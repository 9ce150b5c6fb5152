package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.protocol.control.v1.DrainRequest;
import dev.drover.protocol.control.v1.DrainResponse;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.ListEventsRequest;
import dev.drover.protocol.control.v1.ListEventsResponse;
import dev.drover.protocol.control.v1.WatchEventsRequest;
import dev.drover.protocol.control.v1.WatchEventsResponse;
import dev.drover.supervisor.journal.Event.Kind;
import dev.drover.supervisor.journal.Event.Subject;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import io.grpc.Status;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventCallsTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    private void happened(String worker, String message) {
        controls.journal().record(new Subject(Kind.WORKER, worker), Reason.FAILED, message);
    }

    private Answer<ListEventsResponse> list(String pool) {
        var answer = new Answer<ListEventsResponse>();
        service.listEvents(ListEventsRequest.newBuilder().setPool(pool).build(), answer);
        return answer;
    }

    private Answer<WatchEventsResponse> watch(String pool, String version) {
        var answer = new Answer<WatchEventsResponse>();
        service.watchEvents(
                WatchEventsRequest.newBuilder()
                        .setPool(pool)
                        .setResourceVersion(version)
                        .build(),
                answer);
        return answer;
    }

    private static List<String> messages(ListEventsResponse response) {
        return response.getEventsList().stream().map(Event::getMessage).toList();
    }

    @Test
    void anEventIsToldInTheWordsOfKubernetes() {
        // given
        happened("web-0", "one");
        happened("web-0", "one");

        // when
        var event = list("").only().getEvents(0);

        // then
        assertThat(event.getName()).isEqualTo("web-0.1");
        assertThat(event.getResourceVersion()).isEqualTo("2");
        assertThat(event.getType()).isEqualTo("Warning");
        assertThat(event.getReason()).isEqualTo("Failed");
        assertThat(event.getInvolvedObject().getKind()).isEqualTo("Worker");
        assertThat(event.getInvolvedObject().getName()).isEqualTo("web-0");
        assertThat(event.getCount()).isEqualTo(2);
    }

    @Test
    void aPoolsEventsAreThoseOfItsWorkersToo() {
        // given
        controls.journal().record(Subject.MASTER, Reason.FILES_READ, "files");
        controls.journal().record(Subject.pool("web"), Reason.SCALED, "scaled");
        controls.journal().record(Subject.pool("web-2"), Reason.SCALED, "another");
        happened("web-10", "worker");
        happened("web-2-0", "other");

        // then
        assertThat(messages(list("web").only())).containsExactly("scaled", "worker");
        assertThat(messages(list("").only())).hasSize(5);
        assertThat(list("shop").code()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aWatchTellsWhatIsKeptAndThenWhatHappens() throws InterruptedException {
        // given
        happened("web-0", "before");

        // when
        var watch = watch("web", "");
        var first = watch.next();
        happened("shop-0", "not asked for");
        happened("web-1", "after");

        // then
        assertThat(first.getEvent().getMessage()).isEqualTo("before");
        assertThat(watch.next().getEvent().getMessage()).isEqualTo("after");
        watch.cancel();
    }

    @Test
    void aWatchGoesOnFromWhereAListEnded() throws InterruptedException {
        // given
        happened("web-0", "before");
        var version = list("").only().getResourceVersion();
        happened("web-0", "after");

        // when
        var watch = watch("", version);

        // then
        assertThat(watch.next().getEvent().getMessage()).isEqualTo("after");
        watch.cancel();
    }

    @Test
    void whoReadsTooSlowlyIsToldThatItLostItsPlace() throws InterruptedException {
        // given
        happened("web-0", "first");
        var watch = watch("", "");
        watch.next();
        watch.reading = false;
        happened("web-0", "while nobody reads");
        watch.awaitStalled();

        // when
        for (int i = 0; i <= Journal.MAX_EVENTS + 1; i++) {
            happened("web-0", "flood " + i);
        }
        watch.reading = true;
        watch.awaitEnd();

        // then
        assertThat(watch.reason()).isEqualTo("EXPIRED");
    }

    @Test
    void aVersionOfAnotherMasterAndNoVersionAtAllAreRefused() throws InterruptedException {
        // when
        var other = watch("", "17");
        other.awaitEnd();
        var none = watch("", "yesterday");
        none.awaitEnd();

        // then
        assertThat(other.code()).isEqualTo(Status.Code.OUT_OF_RANGE);
        assertThat(none.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void aDrainTellsHowItWentAndIsRefusedWhileNothingRuns() throws InterruptedException {
        // when
        var drained = drain();
        controls.drained = Optional.empty();
        var refused = drain();

        // then
        assertThat(drained.only().getKilled()).isEqualTo(1);
        assertThat(drained.only().getCut()).isEqualTo(2);
        assertThat(refused.reason()).isEqualTo("NOT_RUNNING");
    }

    private Answer<DrainResponse> drain() throws InterruptedException {
        var answer = new Answer<DrainResponse>();
        service.drain(DrainRequest.getDefaultInstance(), answer);
        answer.awaitEnd();
        return answer;
    }
}
