package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.protocol.control.v1.ChangeType;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListPoolsResponse;
import dev.drover.protocol.control.v1.ListSocketsRequest;
import dev.drover.protocol.control.v1.ListSocketsResponse;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.ListWorkersResponse;
import dev.drover.protocol.control.v1.WatchPoolsRequest;
import dev.drover.protocol.control.v1.WatchPoolsResponse;
import dev.drover.protocol.control.v1.WatchSocketsRequest;
import dev.drover.protocol.control.v1.WatchSocketsResponse;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.WatchWorkersResponse;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResourceCallsTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    private Answer<ListPoolsResponse> pools(String selector) {
        var answer = new Answer<ListPoolsResponse>();
        service.listPools(
                ListPoolsRequest.newBuilder().setLabelSelector(selector).build(), answer);
        return answer;
    }

    private Answer<WatchPoolsResponse> watchPools(String selector, String version) {
        var answer = new Answer<WatchPoolsResponse>();
        service.watchPools(
                WatchPoolsRequest.newBuilder()
                        .setLabelSelector(selector)
                        .setResourceVersion(version)
                        .build(),
                answer);
        return answer;
    }

    private static WatchPoolsResponse bookmark(Answer<WatchPoolsResponse> watch) throws InterruptedException {
        var response = watch.next();
        while (response.getType() != ChangeType.CHANGE_TYPE_BOOKMARK) {
            assertThat(response.getType()).isEqualTo(ChangeType.CHANGE_TYPE_ADDED);
            assertThat(response.getResourceVersion()).isEmpty();
            response = watch.next();
        }
        assertThat(response.hasPool()).isFalse();
        return response;
    }

    @Test
    void aWatchBeginsWithEverythingAndABookmark() throws InterruptedException {
        // given
        var watch = new Answer<WatchWorkersResponse>();

        // when
        service.watchWorkers(WatchWorkersRequest.getDefaultInstance(), watch);

        // then
        assertThat(watch.next().getWorker().getName()).isEqualTo("web-0");
        assertThat(watch.next().getWorker().getName()).isEqualTo("web-1");
        assertThat(watch.next().getType()).isEqualTo(ChangeType.CHANGE_TYPE_BOOKMARK);
        watch.cancel();
    }

    @Test
    void aWatchTellsEveryChange() throws InterruptedException {
        // given
        var watch = watchPools("", "");
        bookmark(watch);

        // when
        controls.available = false;
        var modified = watch.next();
        controls.gone = true;
        var deleted = watch.next();
        controls.gone = false;
        var added = watch.next();

        // then
        assertThat(modified.getType()).isEqualTo(ChangeType.CHANGE_TYPE_MODIFIED);
        assertThat(modified.getPool().getStatus().getConditions(0).getStatus()).isEqualTo("False");
        assertThat(deleted.getType()).isEqualTo(ChangeType.CHANGE_TYPE_DELETED);
        assertThat(deleted.getPool().getMetadata().getName()).isEqualTo("web");
        assertThat(added.getType()).isEqualTo(ChangeType.CHANGE_TYPE_ADDED);
        watch.cancel();
    }

    @Test
    void aWatchIsResumedWhereItEnded() throws InterruptedException {
        // given
        var first = watchPools("", "");
        var version = bookmark(first).getResourceVersion();
        first.cancel();

        // when
        controls.available = false;
        var second = watchPools("", version);

        // then
        assertThat(second.next().getType()).isEqualTo(ChangeType.CHANGE_TYPE_MODIFIED);
        second.cancel();
    }

    @Test
    void aWatchGoesOnWhereTheListOfPoolsEnded() throws InterruptedException {
        // given
        var list = pools("team=shop").only();

        // when
        controls.available = false;
        var watch = watchPools("team=shop", list.getResourceVersion());
        var first = watch.next();
        controls.gone = true;
        var second = watch.next();

        // then: the changes, and nothing that stood in the list
        assertThat(list.getPoolsCount()).isEqualTo(1);
        assertThat(first.getType()).isEqualTo(ChangeType.CHANGE_TYPE_MODIFIED);
        assertThat(first.getPool().getStatus().getConditions(0).getStatus()).isEqualTo("False");
        assertThat(second.getType()).isEqualTo(ChangeType.CHANGE_TYPE_DELETED);
        watch.cancel();
    }

    @Test
    void aListTellsWhatHasJustChanged() {
        // given
        var before = pools("").only();

        // when
        controls.available = false;
        var after = pools("").only();

        // then: though somebody has looked a moment ago
        assertThat(after.getPools(0).getStatus().getConditions(0).getStatus()).isEqualTo("False");
        assertThat(Long.parseLong(after.getResourceVersion()))
                .isGreaterThan(Long.parseLong(before.getResourceVersion()));
        assertThat(pools("").only().getResourceVersion()).isEqualTo(after.getResourceVersion());
    }

    @Test
    void aWatchGoesOnWhereTheListsOfWorkersAndSocketsEnded() throws InterruptedException {
        // given
        var workers = new Answer<ListWorkersResponse>();
        service.listWorkers(ListWorkersRequest.newBuilder().setPool("web").build(), workers);
        var sockets = new Answer<ListSocketsResponse>();
        service.listSockets(ListSocketsRequest.getDefaultInstance(), sockets);

        // when
        controls.gone = true;
        var ofWorkers = new Answer<WatchWorkersResponse>();
        service.watchWorkers(
                WatchWorkersRequest.newBuilder()
                        .setPool("web")
                        .setResourceVersion(workers.only().getResourceVersion())
                        .build(),
                ofWorkers);
        var ofSockets = new Answer<WatchSocketsResponse>();
        service.watchSockets(
                WatchSocketsRequest.newBuilder()
                        .setResourceVersion(sockets.only().getResourceVersion())
                        .build(),
                ofSockets);

        // then
        for (var name : List.of("web-0", "web-1")) {
            var change = ofWorkers.next();
            assertThat(change.getType()).isEqualTo(ChangeType.CHANGE_TYPE_DELETED);
            assertThat(change.getWorker().getName()).isEqualTo(name);
        }
        var change = ofSockets.next();
        assertThat(change.getType()).isEqualTo(ChangeType.CHANGE_TYPE_DELETED);
        assertThat(change.getSocket().getName()).isEqualTo("http");
        ofWorkers.cancel();
        ofSockets.cancel();
    }

    @Test
    void aPoolThatFitsNoMoreIsToldAsDeleted() throws InterruptedException {
        // given
        var shop = watchPools("team=shop", "");
        bookmark(shop);
        var other = watchPools("team!=shop", "");
        bookmark(other);

        // when
        controls.labels = Map.of("team", "depot");
        var left = shop.next();
        var came = other.next();

        // then
        assertThat(left.getType()).isEqualTo(ChangeType.CHANGE_TYPE_DELETED);
        assertThat(left.getPool().getMetadata().getLabelsMap()).containsEntry("team", "shop");
        assertThat(came.getType()).isEqualTo(ChangeType.CHANGE_TYPE_ADDED);
        assertThat(came.getPool().getMetadata().getLabelsMap()).containsEntry("team", "depot");
        shop.cancel();
        other.cancel();
    }

    @Test
    void aWatchOfAPoolTellsNothingOfOthers() throws InterruptedException {
        // given
        var watch = new Answer<WatchSocketsResponse>();

        // when
        service.watchSockets(WatchSocketsRequest.newBuilder().setPool("shop").build(), watch);

        // then
        assertThat(watch.next().getType()).isEqualTo(ChangeType.CHANGE_TYPE_BOOKMARK);
        watch.cancel();
    }

    @Test
    void whoReadsTooSlowlyIsToldThatItLostItsPlace() throws InterruptedException {
        // given
        var version = bookmark(watchPools("", "")).getResourceVersion();

        // when
        var behind = watchPools("", Long.toString(Long.parseLong(version) - ChangeLog.MAX_CHANGES - 2));
        behind.awaitEnd();
        var ahead = watchPools("", Long.toString(Long.parseLong(version) + 1_000_000));
        ahead.awaitEnd();

        // then
        assertThat(behind.reason()).isEqualTo("EXPIRED");
        assertThat(ahead.code()).isEqualTo(Status.Code.OUT_OF_RANGE);
    }

    @Test
    void whatCannotBeReadIsRefused() throws InterruptedException {
        // when
        var version = watchPools("", "yesterday");
        version.awaitEnd();
        var selector = watchPools("a=b=c", "");
        selector.awaitEnd();

        // then
        assertThat(version.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(selector.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(pools("a=b=c").code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void watchesAreBoundedTogether() throws InterruptedException {
        // given
        List<Answer<WatchPoolsResponse>> watches = new ArrayList<>();
        for (int i = 0; i < Watches.MAX_WATCHES; i++) {
            watches.add(watchPools("", ""));
        }

        // when
        var tooMany = new Answer<WatchSocketsResponse>();
        service.watchSockets(WatchSocketsRequest.getDefaultInstance(), tooMany);
        tooMany.awaitEnd();

        // then
        assertThat(tooMany.reason()).isEqualTo("TOO_MANY_WATCHES");
        watches.forEach(Answer::cancel);
    }

    @Test
    void listsAreChosenByLabels() {
        // given
        var workers = new Answer<ListWorkersResponse>();
        var none = new Answer<ListWorkersResponse>();

        // when
        service.listWorkers(
                ListWorkersRequest.newBuilder().setLabelSelector("team=shop").build(), workers);
        service.listWorkers(
                ListWorkersRequest.newBuilder()
                        .setPool("web")
                        .setLabelSelector("!team")
                        .build(),
                none);

        // then
        assertThat(pools("team in (shop)").only().getPoolsCount()).isEqualTo(1);
        assertThat(pools("team notin (shop)").only().getPoolsCount()).isZero();
        assertThat(workers.only().getWorkersCount()).isEqualTo(2);
        assertThat(none.only().getWorkersCount()).isZero();
    }

    @Test
    void aSocketTellsItsPoolAndItsBacklog() {
        // given
        var sockets = new Answer<ListSocketsResponse>();
        var unknown = new Answer<ListSocketsResponse>();

        // when
        service.listSockets(ListSocketsRequest.newBuilder().setPool("web").build(), sockets);
        service.listSockets(ListSocketsRequest.newBuilder().setPool("shop").build(), unknown);

        // then
        var socket = sockets.only().getSockets(0);
        assertThat(socket.getName()).isEqualTo("http");
        assertThat(socket.getPool()).isEqualTo("web");
        assertThat(socket.getAddress()).isEqualTo("[::]:4711");
        assertThat(socket.getQueued()).isEqualTo(7);
        assertThat(socket.getBacklog()).isEqualTo(4096);
        assertThat(unknown.code()).isEqualTo(Status.Code.NOT_FOUND);
    }
}
