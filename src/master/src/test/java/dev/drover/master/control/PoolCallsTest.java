package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.google.rpc.BadRequest;
import dev.drover.master.ChangeAnswer;
import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import dev.drover.protocol.control.v1.ApplyPoolsResponse;
import dev.drover.protocol.control.v1.DeletePoolRequest;
import dev.drover.protocol.control.v1.DeletePoolResponse;
import dev.drover.protocol.control.v1.Operation.KindCase;
import dev.drover.protocol.control.v1.ScalePoolRequest;
import dev.drover.protocol.control.v1.ScalePoolResponse;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolCallsTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    private Answer<ApplyPoolsResponse> apply(boolean dryRun, WorkerPool... pools) {
        var answer = new Answer<ApplyPoolsResponse>();
        service.applyPools(
                ApplyPoolsRequest.newBuilder()
                        .addAllPools(List.of(pools))
                        .setDryRun(dryRun)
                        .build(),
                answer);
        return answer;
    }

    private Answer<ScalePoolResponse> scale(ScalePoolRequest.Builder request) {
        var answer = new Answer<ScalePoolResponse>();
        service.scalePool(request.build(), answer);
        return answer;
    }

    private Answer<DeletePoolResponse> delete(String name) {
        var answer = new Answer<DeletePoolResponse>();
        service.deletePool(DeletePoolRequest.newBuilder().setName(name).build(), answer);
        return answer;
    }

    private static WorkerPool pool(String name, int port) {
        var pool = Snapshots.written().toBuilder();
        pool.getMetadataBuilder().setName(name);
        pool.getSpecBuilder().getSocketsBuilder(0).setPort(port);
        return pool.build();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void poolsArePassedOnWithTheirDefaults(boolean dryRun) {
        // given
        var pool = Snapshots.written().toBuilder();
        pool.getSpecBuilder().clearProgressDeadlineSeconds();

        // when
        var answer = apply(dryRun, pool.build());

        // then
        assertThat(answer.only()).isEqualTo(ApplyPoolsResponse.getDefaultInstance());
        assertThat(controls.told()).containsExactly(dryRun ? "plan web 60" : "apply web 60");
    }

    @Test
    void thePlanIsToldForProgramsAndForPeople() {
        // given
        var socket = SocketSpec.of("http", new InetSocketAddress("::", 80), SocketSpec.Distribution.SHARED);
        controls.answer = new ChangeAnswer.Done(new Plan(List.of(
                new Operation.PoolRemoved("old"),
                new Operation.SocketRemoved("web", "a"),
                new Operation.SocketChanged("web", socket, socket, List.of("backlog 1 -> 2")),
                new Operation.SocketAdded("web", socket),
                new Operation.SettingsChanged("web", List.of("minReadySeconds 0 -> 1")),
                new Operation.Scale("web", 2, 4),
                new Operation.NewRevision("web", List.of("command")),
                new Operation.PoolAdded(PoolSpec.of("new", 1, List.of("x"))))));

        // when
        var response = apply(false, Snapshots.written()).only();

        // then
        assertThat(response.getOperationsList())
                .extracting(dev.drover.protocol.control.v1.Operation::getKindCase)
                .containsExactly(
                        KindCase.POOL_REMOVED,
                        KindCase.SOCKET_REMOVED,
                        KindCase.SOCKET_CHANGED,
                        KindCase.SOCKET_ADDED,
                        KindCase.SETTINGS_CHANGED,
                        KindCase.POOL_SCALED,
                        KindCase.REVISION_MADE,
                        KindCase.POOL_ADDED);
        assertThat(response.getOperations(2).getSocketChanged().getChangesList())
                .containsExactly("backlog 1 -> 2");
        assertThat(response.getOperations(5).getPoolScaled().getFrom()).isEqualTo(2);
        assertThat(response.getOperations(5).getPoolScaled().getTo()).isEqualTo(4);
        assertThat(response.getOperations(6).getRevisionMade().getChangesList()).containsExactly("command");
        assertThat(response.getLinesList()).hasSize(3).last().isEqualTo("pool new: added");
    }

    @Test
    void everyWrongFieldIsNamedAndNothingIsDone() {
        // given
        var bad = pool("web", 70_000).toBuilder();
        bad.getSpecBuilder().setReplicas(-1);

        // when
        var answer = apply(false, bad.build());

        // then
        assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(answer.reason()).isEqualTo("FIELD_INVALID");
        assertThat(answer.detail(1, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField, BadRequest.FieldViolation::getDescription)
                .containsExactly(
                        tuple("pools[0].spec.replicas", "is -1, must be from 0 to 1000"),
                        tuple("pools[0].spec.sockets[0].port", "is 70000, must be from 0 to 65535"));
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void whatPoolsContendForIsToldByTheirFields() {
        // when
        var answer = apply(false, pool("web", 80), pool("web", 80));

        // then
        assertThat(answer.detail(1, BadRequest.class).getFieldViolationsList())
                .extracting(BadRequest.FieldViolation::getField, BadRequest.FieldViolation::getDescription)
                .containsExactly(
                        tuple(
                                "pools[1].metadata.name",
                                "is \"web\", the pool at pools[0] already; names must be unique"),
                        tuple(
                                "pools[1].spec.sockets[0].port",
                                "is 80 on ::, taken by spec.sockets[0] of the pool \"web\" at pools[0]; give one of"
                                        + " them another port or address"));
    }

    @Test
    void whatIsToldOfManyWrongFieldsIsBounded() {
        // given
        var pools =
                IntStream.range(0, 1000).mapToObj(i -> pool("Wrong-" + i, 0)).toArray(WorkerPool[]::new);

        // when
        var answer = apply(false, pools);

        // then
        assertThat(answer.detail(1, BadRequest.class).getSerializedSize()).isBetween(1000, 2048);
        assertThat(answer.detail(1, BadRequest.class).getFieldViolations(0).getField())
                .isEqualTo("pools[0].metadata.name");
    }

    @Test
    void poolsAndTheirNamesAreRequired() {
        assertThat(apply(false).reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(delete("").reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(scale(ScalePoolRequest.newBuilder().setReplicas(1)).reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(scale(ScalePoolRequest.newBuilder().setName("web")).reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(controls.told()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1001})
    void aNumberOfWorkersHasBounds(int replicas) {
        // when
        var answer = scale(ScalePoolRequest.newBuilder().setName("web").setReplicas(replicas));

        // then
        assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(answer.detail(1, BadRequest.class).getFieldViolations(0).getDescription())
                .isEqualTo("is " + replicas + ", must be from 0 to 1000");
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void aScaleTellsHowManyWereWanted() {
        // given
        var request =
                ScalePoolRequest.newBuilder().setName("web").setReplicas(0).setResourceVersion("41");
        var unchanged = scale(request).only().getPreviousReplicas();
        controls.answer = new ChangeAnswer.Done(new Plan(List.of(new Operation.Scale("web", 2, 0))));

        // when
        var changed = scale(request).only().getPreviousReplicas();

        // then
        assertThat(unchanged).isZero();
        assertThat(changed).isEqualTo(2);
        assertThat(controls.told()).containsExactly("scale web 0 41", "scale web 0 41");
    }

    @Test
    void aPoolIsDeleted() {
        assertThat(delete("web").only()).isNotNull();
        assertThat(controls.told()).containsExactly("delete web");
    }

    @Test
    void everyRefusalHasACodeAndAReason() {
        controls.answer = new ChangeAnswer.Refused(List.of("one", "two"));
        assertThat(apply(false, Snapshots.written()).code()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(delete("web").reason()).isEqualTo("CHANGE_REFUSED");
        controls.answer = new ChangeAnswer.Stale("web", "40", Optional.of("41"));
        assertThat(apply(false, Snapshots.written()).code()).isEqualTo(Status.Code.ABORTED);
        assertThat(apply(false, Snapshots.written()).reason()).isEqualTo("RESOURCE_VERSION_STALE");
        controls.answer = new ChangeAnswer.NoSuchPool("web");
        assertThat(delete("web").code()).isEqualTo(Status.Code.NOT_FOUND);
        controls.answer = new ChangeAnswer.NotRunning();
        assertThat(delete("web").reason()).isEqualTo("NOT_RUNNING");
    }
}
