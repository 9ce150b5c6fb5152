package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.master.resource.Times;
import dev.drover.protocol.control.v1.ListUsageRequest;
import dev.drover.protocol.control.v1.ListUsageResponse;
import dev.drover.protocol.control.v1.Usage;
import dev.drover.protocol.control.v1.WorkerUsage;
import dev.drover.protocol.worker.v1.Load;
import io.grpc.Status;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UsageCallsTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final ControlService service = new ControlService(controls);

    private Answer<ListUsageResponse> list(String pool) {
        var answer = new Answer<ListUsageResponse>();
        service.listUsage(ListUsageRequest.newBuilder().setPool(pool).build(), answer);
        return answer;
    }

    @Test
    void theMasterAndEachProcessAreTold() {
        // when
        var usage = list("").only();

        // then: web-1 has no process
        assertThat(usage)
                .isEqualTo(ListUsageResponse.newBuilder()
                        .setTime(Times.timestamp(Snapshots.NOW))
                        .setMaster(Usage.newBuilder()
                                .setPid((int) ProcessHandle.current().pid())
                                .setCpuSeconds(1.5)
                                .setRssBytes(4096))
                        .addWorkers(WorkerUsage.newBuilder()
                                .setName("web-0")
                                .setPool("web")
                                .setIncarnation(2)
                                .setUsage(Usage.newBuilder()
                                        .setPid(77)
                                        .setCpuSeconds(1.5)
                                        .setCpuCores(0.25)
                                        .setRssBytes(4096)
                                        .setDescriptors(11))
                                .setLoad(Load.newBuilder()
                                        .setConnections(3)
                                        .setInFlight(2)
                                        .setRequests(40))
                                .setRestarts(1)
                                .setMessagesSent(5)
                                .setMessagesReceived(6))
                        .build());
        assertThat(list("web").only()).isEqualTo(usage);
    }

    @Test
    void aPoolThatIsNotThereIsToldSo() {
        assertThat(list("shop").code()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void aKernelThatDoesNotTellIsNoEmptyAnswer() {
        // given
        controls.usages = Optional.empty();

        // then
        assertThat(list("").code()).isEqualTo(Status.Code.INTERNAL);
    }
}
