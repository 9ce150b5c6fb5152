package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.protocol.control.v1.GetRolloutRequest;
import dev.drover.protocol.control.v1.GetRolloutResponse;
import dev.drover.protocol.control.v1.ListRevisionsRequest;
import dev.drover.protocol.control.v1.ListRevisionsResponse;
import dev.drover.protocol.control.v1.PauseOrder;
import dev.drover.protocol.control.v1.RestartOrder;
import dev.drover.protocol.control.v1.ResumeOrder;
import dev.drover.protocol.control.v1.RolloutPoolRequest;
import dev.drover.protocol.control.v1.RolloutPoolResponse;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.UndoOrder;
import dev.drover.protocol.control.v1.WatchRolloutRequest;
import dev.drover.protocol.control.v1.WatchRolloutResponse;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import dev.drover.supervisor.pool.RolloutStatus;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RolloutCallsTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    private Answer<RolloutPoolResponse> order(RolloutPoolRequest.Builder request) {
        var answer = new Answer<RolloutPoolResponse>();
        service.rolloutPool(request.build(), answer);
        return answer;
    }

    private static RolloutPoolRequest.Builder web() {
        return RolloutPoolRequest.newBuilder().setName("web");
    }

    private Answer<WatchRolloutResponse> watch(String pool) {
        var answer = new Answer<WatchRolloutResponse>();
        service.watchRollout(WatchRolloutRequest.newBuilder().setName(pool).build(), answer);
        return answer;
    }

    @Test
    void everyOrderIsPassedOn() {
        // when
        order(web().setRestart(RestartOrder.getDefaultInstance())).only();
        order(web().setUndo(UndoOrder.getDefaultInstance())).only();
        order(web().setUndo(UndoOrder.newBuilder().setToRevision(7))).only();
        order(web().setPause(PauseOrder.getDefaultInstance())).only();
        order(web().setResume(ResumeOrder.getDefaultInstance())).only();

        // then
        assertThat(controls.told())
                .containsExactly(
                        "rollout web " + new RolloutOrder.Restart(),
                        "rollout web " + new RolloutOrder.Undo(OptionalInt.empty()),
                        "rollout web " + new RolloutOrder.Undo(OptionalInt.of(7)),
                        "rollout web " + new RolloutOrder.Pause(),
                        "rollout web " + new RolloutOrder.Resume());
    }

    @Test
    void whatBecameOfAnOrderIsTold() {
        // given
        var restart = web().setRestart(RestartOrder.getDefaultInstance());
        var accepted = order(restart).only();
        controls.outcome = new RolloutOutcome.Unchanged("the rollout of pool web is paused already");

        // when
        var unchanged = order(restart).only();

        // then
        assertThat(accepted)
                .isEqualTo(RolloutPoolResponse.newBuilder()
                        .setRevision(3)
                        .setChanged(true)
                        .setMessage("pool web restarted")
                        .build());
        assertThat(unchanged)
                .isEqualTo(RolloutPoolResponse.newBuilder()
                        .setRevision(2)
                        .setMessage("the rollout of pool web is paused already")
                        .build());
    }

    @ParameterizedTest
    @EnumSource
    void everyRefusalHasACodeAndItsReason(RolloutOutcome.Reason reason) {
        // given
        controls.outcome = new RolloutOutcome.Refused(reason, "cannot");

        // when
        var answer = order(web().setRestart(RestartOrder.getDefaultInstance()));

        // then
        assertThat(answer.reason()).isEqualTo(reason.name());
        assertThat(answer.code())
                .isEqualTo(
                        reason == RolloutOutcome.Reason.UNKNOWN_REVISION
                                ? Status.Code.NOT_FOUND
                                : Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void anOrderThatIsNoneIsRefused() {
        assertThat(order(web()).reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(order(RolloutPoolRequest.newBuilder().setPause(PauseOrder.getDefaultInstance()))
                        .reason())
                .isEqualTo("FIELD_REQUIRED");
        assertThat(order(web().setUndo(UndoOrder.newBuilder().setToRevision(-1)))
                        .reason())
                .isEqualTo("FIELD_INVALID");
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void aPoolThatIsNotThereHasNoRollout() throws InterruptedException {
        // given
        var get = new Answer<GetRolloutResponse>();
        var list = new Answer<ListRevisionsResponse>();

        // when
        var order = order(RolloutPoolRequest.newBuilder().setName("x").setPause(PauseOrder.getDefaultInstance()));
        service.getRollout(GetRolloutRequest.newBuilder().setName("x").build(), get);
        service.listRevisions(ListRevisionsRequest.newBuilder().setName("x").build(), list);
        var watch = watch("x");
        var unnamed = watch("");
        watch.awaitEnd();
        unnamed.awaitEnd();

        // then
        assertThat(List.of(order.code(), get.code(), list.code(), watch.code())).containsOnly(Status.Code.NOT_FOUND);
        assertThat(unnamed.reason()).isEqualTo("FIELD_REQUIRED");
    }

    @Test
    void theRolloutIsTold() {
        // given
        var answer = new Answer<GetRolloutResponse>();
        controls.rollout = new RolloutStatus.Paused(2, "paused");

        // when
        service.getRollout(GetRolloutRequest.newBuilder().setName("web").build(), answer);

        // then
        var rollout = answer.only().getRollout();
        assertThat(rollout.getState()).isEqualTo(RolloutState.ROLLOUT_STATE_PAUSED);
        assertThat(rollout.getMessage()).isEqualTo("paused");
        assertThat(rollout.getReplicas()).isEqualTo(2);
        assertThat(rollout.hasRolledBackFrom()).isFalse();
    }

    @Test
    void revisionsAreToldWithWhatChanged() {
        // given
        var answer = new Answer<ListRevisionsResponse>();

        // when
        service.listRevisions(ListRevisionsRequest.newBuilder().setName("web").build(), answer);

        // then
        assertThat(answer.only().getRevisionsList()).singleElement().satisfies(revision -> {
            assertThat(revision.getNumber()).isEqualTo(2);
            assertThat(revision.getCause()).isEqualTo("command");
            assertThat(revision.getTemplate().getCommandList()).containsExactly("serve");
        });
    }

    @Test
    void aWatchTellsEveryChangeUntilTheEnd() throws InterruptedException {
        // given
        var watch = watch("web");
        var first = watch.next().getRollout();
        controls.rollout = new RolloutStatus.Paused(2, "paused");
        var second = watch.next().getRollout();

        // when
        controls.rollout = new RolloutStatus.Complete(2, "done");

        // then
        assertThat(watch.next().getRollout().getState()).isEqualTo(RolloutState.ROLLOUT_STATE_COMPLETE);
        watch.awaitEnd();
        assertThat(List.of(first.getMessage(), second.getMessage())).containsExactly("Waiting", "paused");
    }

    @Test
    void aWatchOfWhatIsOverEndsAtOnce() throws InterruptedException {
        // given
        controls.rollout = new RolloutStatus.Failed(2, RolloutStatus.PROGRESS_DEADLINE_EXCEEDED, "failed");

        // when
        var watch = watch("web");
        watch.awaitEnd();

        // then
        assertThat(watch.only().getRollout().getState()).isEqualTo(RolloutState.ROLLOUT_STATE_FAILED);
    }

    @Test
    void whoDoesNotReadIsToldTheNewestLater() throws InterruptedException {
        // given
        var watch = watch("web");
        watch.next();
        watch.reading = false;
        controls.rollout = new RolloutStatus.Paused(2, "paused");
        controls.rollout = new RolloutStatus.Complete(2, "done");

        // when
        watch.reading = true;

        // then
        assertThat(watch.next().getRollout().getMessage()).isIn("paused", "done");
        watch.awaitEnd();
    }

    @Test
    void aWatchEndsWithItsPoolAndWithTheMaster() throws InterruptedException {
        // given
        var pool = watch("web");
        pool.next();
        controls.gone = true;
        pool.awaitEnd();
        controls.gone = false;
        var master = watch("web");
        master.next();

        // when
        controls.stop();
        master.awaitEnd();

        // then
        assertThat(pool.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(master.reason()).isEqualTo("NOT_RUNNING");
    }

    @Test
    void watchesAreBoundedAndGiveTheirPlaceBack() throws InterruptedException {
        // given
        var watches = new ArrayList<Answer<WatchRolloutResponse>>();
        for (int i = 0; i < Watches.MAX_WATCHES; i++) {
            watches.add(watch("web"));
        }
        var refused = watch("web");
        refused.awaitEnd();

        // when
        controls.rollout = new RolloutStatus.Complete(2, "done");
        for (var watch : watches) {
            watch.awaitEnd();
        }
        var next = watch("web");
        next.awaitEnd();

        // then
        assertThat(refused.reason()).isEqualTo("TOO_MANY_WATCHES");
        assertThat(next.only().getRollout().getMessage()).isEqualTo("done");
    }
}
