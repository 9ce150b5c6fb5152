package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Timestamp;
import com.google.rpc.Code;
import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.cli.fixtures.FakeMaster;
import dev.drover.protocol.control.v1.ChangeType;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.ObjectReference;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.WatchEventsRequest;
import dev.drover.protocol.control.v1.WatchEventsResponse;
import dev.drover.protocol.control.v1.WatchPoolsResponse;
import dev.drover.protocol.control.v1.WatchSocketsResponse;
import dev.drover.protocol.control.v1.WatchWorkersRequest;
import dev.drover.protocol.control.v1.WatchWorkersResponse;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.worker.v1.Load;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `drover get -w`, against a master that only speaks.
class GetWatchTest extends VerbTest {

    private static final WatchWorkersResponse BOOKMARK = WatchWorkersResponse.newBuilder()
            .setType(ChangeType.CHANGE_TYPE_BOOKMARK)
            .setResourceVersion("7")
            .build();

    private static final Worker FIRST = worker(0, WorkerState.WORKER_STATE_READY);
    private static final Worker SECOND = worker(1, WorkerState.WORKER_STATE_STARTING);
    private static final Worker SECOND_READY = worker(1, WorkerState.WORKER_STATE_READY);

    private static Worker worker(int ordinal, WorkerState state) {
        return Worker.newBuilder()
                .setName("web-" + ordinal)
                .setPool("web")
                .setOrdinal(ordinal)
                .setIncarnation(1)
                .setState(state)
                .setPid(100 + ordinal)
                .setStartedAt(ago(5))
                .build();
    }

    private static Timestamp ago(int seconds) {
        return Timestamp.newBuilder()
                .setSeconds(Cli.NOW.getEpochSecond() - seconds)
                .build();
    }

    private static StatusRuntimeException expired() {
        return FakeMaster.refused(Code.OUT_OF_RANGE, "EXPIRED", "changes after 7 are not kept any more");
    }

    private static WatchWorkersResponse change(ChangeType type, Worker worker) {
        return WatchWorkersResponse.newBuilder().setType(type).setWorker(worker).build();
    }

    private static WatchWorkersResponse added(Worker worker) {
        return change(ChangeType.CHANGE_TYPE_ADDED, worker);
    }

    private static WatchWorkersResponse modified(Worker worker) {
        return change(ChangeType.CHANGE_TYPE_MODIFIED, worker);
    }

    @BeforeEach
    void haveWorkers() {
        master.workers = List.of(FIRST, SECOND);
    }

    @Test
    void whatIsThereIsATableAndEachChangeALine() {
        // given
        var gone = change(ChangeType.CHANGE_TYPE_DELETED, SECOND_READY);
        master.watches.tell(
                added(FIRST), added(SECOND), BOOKMARK, modified(SECOND_READY), modified(SECOND_READY), gone);

        // when
        Ran ran = cli.run("get", "workers", "-w", "-p", "web", "-l", "team=shop");

        // then
        assertThat(ran).isEqualTo(ok("""
                NAME    READY   STATUS     RESTARTS   PID   AGE
                web-0   false   Ready      0          100   5s
                web-1   false   Starting   0          101   5s
                web-1   false   Ready      0          101   5s
                web-1   false   Ready      0          101   5s
                """));
        assertThat(master.watches.asked)
                .containsExactly(WatchWorkersRequest.newBuilder()
                        .setPool("web")
                        .setLabelSelector("team=shop")
                        .build());
    }

    @Test
    void whatHappenedBetweenTheListAndTheWatchIsShown() {
        // given
        master.watches.tell(added(SECOND_READY), BOOKMARK);

        // when
        Ran ran = cli.run("get", "workers", "-w", "--no-headers");

        // then
        assertThat(ran.out().lines().skip(2))
                .containsExactly("web-1   false   Ready      0   101   5s", "web-0   false   Ready      0   100   5s");
    }

    @Test
    void aWatchThatLostItsPlaceBeginsAgainAndShowsWhatIsNew() {
        // given
        master.watches.tellAndFail(expired(), added(FIRST), added(SECOND), BOOKMARK);
        master.watches.tell(added(FIRST), added(SECOND_READY), BOOKMARK);

        // when
        Ran ran = cli.run("get", "workers", "-w");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.OK);
        assertThat(ran.out().lines().skip(3)).containsExactly("web-1   false   Ready      0          101   5s");
        assertThat(master.watches.asked).hasSize(2);
    }

    @Test
    void onlyTheNamedAreShown() {
        // given
        master.watches.tell(
                added(FIRST),
                added(SECOND),
                BOOKMARK,
                modified(SECOND_READY),
                modified(FIRST.toBuilder().setRestarts(1).build()));

        // when
        Ran ran = cli.run("get", "worker", "web-1", "-w", "-o", "name");

        // then: a name is the same whatever becomes of it
        assertThat(ran).isEqualTo(ok("worker/web-1\n"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"wide", "json", "yaml"})
    void signsOfLifeAreNoChange(String format) {
        // given
        var alive = FIRST.toBuilder()
                .setSession(Session.newBuilder()
                        .setLastHeartbeatAt(ago(1))
                        .setLoad(Load.newBuilder().setConnections(3)))
                .build();
        master.watches.tell(added(FIRST), added(SECOND), BOOKMARK, modified(alive));
        String table = cli.run("get", "workers", "-o", format).out();

        // when
        Ran ran = cli.run("get", "workers", "-w", "-o", format);

        // then
        assertThat(ran).isEqualTo(ok(table));
    }

    @Test
    void aWatchEndsWhereTheMasterDoes() {
        // given
        master.watches.tellAndFail(
                Status.UNAVAILABLE.withDescription("the master stops").asRuntimeException(),
                added(FIRST),
                added(SECOND),
                BOOKMARK);

        // when
        Ran ran = cli.run("get", "workers", "-w", "-o", "name");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
        assertThat(ran.out()).isEqualTo("worker/web-0\nworker/web-1\n");
        assertThat(ran.err()).startsWith("drover: cannot reach the master at unix:" + directory);
    }

    @Test
    void poolsAndSocketsAreWatchedToo() {
        // given
        var pool = WorkerPool.newBuilder()
                .setMetadata(Metadata.newBuilder().setName("web"))
                .build();
        var socket = Socket.newBuilder().setName("http").setPool("web").build();
        master.watches.tell(WatchPoolsResponse.newBuilder()
                .setType(ChangeType.CHANGE_TYPE_ADDED)
                .setPool(pool)
                .build());
        master.watches.tell(WatchSocketsResponse.newBuilder()
                .setType(ChangeType.CHANGE_TYPE_ADDED)
                .setSocket(socket)
                .build());

        // when
        Ran pools = cli.run("get", "pools", "-w", "-o", "name");
        Ran sockets = cli.run("get", "sockets", "-w", "-o", "name");

        // then
        assertThat(pools).isEqualTo(ok("pool/web\n"));
        assertThat(sockets).isEqualTo(ok("socket/web/http\n"));
    }

    @Test
    void eventsGoOnWhereTheListEnded() {
        // given
        var event = Event.newBuilder()
                .setName("web-0.7")
                .setType("Warning")
                .setReason("Failed")
                .setMessage("Exited with code 3.")
                .setInvolvedObject(
                        ObjectReference.newBuilder().setKind("Worker").setName("web-0"))
                .setCount(1)
                .setFirstTimestamp(ago(9))
                .setLastTimestamp(ago(9))
                .build();
        var again = event.toBuilder().setCount(2).setLastTimestamp(ago(0)).build();
        var normal = event.toBuilder().setName("web-0.8").setType("Normal").build();
        master.events = List.of(event);
        master.watches.tellAndFail(expired(), told(normal), told(again));
        master.watches.tell();

        // when
        Ran ran = cli.run("get", "events", "-w", "--type", "Warning", "--pool", "web");

        // then: the list read again tells an older state, which a real master's does not
        assertThat(ran.out().lines())
                .startsWith(
                        "LAST SEEN   TYPE      REASON   OBJECT         COUNT   MESSAGE",
                        "9s          Warning   Failed   worker/web-0   1       Exited with code 3.",
                        "0s          Warning   Failed   worker/web-0   2       Exited with code 3.")
                .noneMatch(line -> line.contains("Normal"));
        assertThat(master.watches.asked)
                .first()
                .isEqualTo(WatchEventsRequest.newBuilder()
                        .setPool("web")
                        .setResourceVersion("1")
                        .build());
        assertThat(master.watches.asked).hasSize(2);
    }

    private static WatchEventsResponse told(Event event) {
        return WatchEventsResponse.newBuilder().setEvent(event).build();
    }
}
