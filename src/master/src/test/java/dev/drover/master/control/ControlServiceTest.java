package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.protocol.control.v1.GetMasterRequest;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.GetPoolRequest;
import dev.drover.protocol.control.v1.GetPoolResponse;
import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.control.v1.ListPoolsRequest;
import dev.drover.protocol.control.v1.ListPoolsResponse;
import dev.drover.protocol.control.v1.ListWorkersRequest;
import dev.drover.protocol.control.v1.ListWorkersResponse;
import dev.drover.protocol.control.v1.MasterState;
import dev.drover.protocol.control.v1.RestartWorkerRequest;
import dev.drover.protocol.control.v1.RestartWorkerResponse;
import dev.drover.protocol.control.v1.Setting;
import dev.drover.protocol.control.v1.SignalWorkerRequest;
import dev.drover.protocol.control.v1.SignalWorkerResponse;
import dev.drover.protocol.control.v1.StopRequest;
import dev.drover.protocol.control.v1.StopResponse;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.supervisor.SignalOutcome;
import io.grpc.Status;
import org.junit.jupiter.api.Test;

class ControlServiceTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    @Test
    void poolIsToldByName() {
        // given
        var answer = new Answer<GetPoolResponse>();

        // when
        service.getPool(GetPoolRequest.newBuilder().setName("web").build(), answer);

        // then
        assertThat(answer.only().getPool().getMetadata().getName()).isEqualTo("web");
    }

    @Test
    void unknownPoolIsNotFound() {
        // given
        var pool = new Answer<GetPoolResponse>();
        var workers = new Answer<ListWorkersResponse>();

        // when
        service.getPool(GetPoolRequest.newBuilder().setName("x").build(), pool);
        service.listWorkers(ListWorkersRequest.newBuilder().setPool("x").build(), workers);

        // then
        assertThat(pool.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(workers.code()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void nameIsRequired() {
        // given
        var pool = new Answer<GetPoolResponse>();
        var worker = new Answer<RestartWorkerResponse>();

        // when
        service.getPool(GetPoolRequest.getDefaultInstance(), pool);
        service.restartWorker(RestartWorkerRequest.getDefaultInstance(), worker);

        // then
        assertThat(pool.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(worker.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void poolsAndWorkersAreListed() {
        // given
        var pools = new Answer<ListPoolsResponse>();
        var workers = new Answer<ListWorkersResponse>();

        // when
        service.listPools(ListPoolsRequest.getDefaultInstance(), pools);
        service.listWorkers(ListWorkersRequest.getDefaultInstance(), workers);

        // then
        assertThat(pools.only().getPoolsList()).hasSize(1);
        assertThat(workers.only().getWorkersList()).extracting(Worker::getName).containsExactly("web-0", "web-1");
    }

    @Test
    void onlyAWorkerThatExistsIsRestarted() {
        // given
        var known = new Answer<RestartWorkerResponse>();
        var unknown = new Answer<RestartWorkerResponse>();

        // when
        service.restartWorker(RestartWorkerRequest.newBuilder().setName("web-1").build(), known);
        service.restartWorker(RestartWorkerRequest.newBuilder().setName("web-2").build(), unknown);

        // then
        assertThat(known.only()).isNotNull();
        assertThat(unknown.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(controls.told()).containsExactly("restart web-1");
    }

    private Answer<SignalWorkerResponse> signal(String worker, String signal) {
        var answer = new Answer<SignalWorkerResponse>();
        service.signalWorker(
                SignalWorkerRequest.newBuilder()
                        .setName(worker)
                        .setSignal(signal)
                        .build(),
                answer);
        return answer;
    }

    @Test
    void aSignalIsSentByEitherOfItsNames() {
        // when
        var pid = signal("web-0", "SIGUSR1").only().getPid();
        signal("web-0", "hup");

        // then
        assertThat(pid).isEqualTo(77);
        assertThat(controls.told()).containsExactly("signal web-0 10", "signal web-0 1");
    }

    @Test
    void aSignalThatCannotBeSentIsRefused() {
        // given
        var unknown = signal("web-0", "SIGNOTHING");
        var nobody = signal("web-7", "SIGUSR1");
        var none = signal("web-0", "");
        controls.signaled = new SignalOutcome.NoProcess();
        var empty = signal("web-1", "SIGUSR1");

        // then
        assertThat(unknown.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(none.reason()).isEqualTo("FIELD_REQUIRED");
        assertThat(nobody.code()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(empty.reason()).isEqualTo("NO_PROCESS");
    }

    @Test
    void theMasterTellsHowItStandsAndWithWhichSettings() {
        // given
        var answer = new Answer<GetMasterResponse>();

        // when
        service.getMaster(GetMasterRequest.getDefaultInstance(), answer);

        // then
        var master = answer.only();
        assertThat(master.getState()).isEqualTo(MasterState.MASTER_STATE_RUNNING);
        assertThat(master.getReady()).isTrue();
        assertThat(master.getRunDirectory()).isEqualTo("/run/drover");
        assertThat(master.getSettingsList())
                .containsExactly(
                        Setting.newBuilder().setName("lame-duck").setValue("5").build());
        assertThat(master.getPoolFilesList()).containsExactly("/etc/drover/pool.yaml");
    }

    @Test
    void stopIsPassedOn() {
        // given
        var answer = new Answer<StopResponse>();

        // when
        service.stop(StopRequest.getDefaultInstance(), answer);

        // then
        assertThat(answer.only()).isNotNull();
        assertThat(controls.told()).containsExactly("stop");
    }

    @Test
    void versionTellsTheKernel() {
        // given
        var answer = new Answer<GetVersionResponse>();

        // when
        service.getVersion(GetVersionRequest.getDefaultInstance(), answer);

        // then
        assertThat(answer.only().getKernel()).startsWith("Linux ");
        assertThat(answer.only().getPid())
                .isEqualTo((int) ProcessHandle.current().pid());
    }
}
