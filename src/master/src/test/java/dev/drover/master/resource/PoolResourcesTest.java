package dev.drover.master.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.EnvVarSource;
import dev.drover.protocol.pool.v1.ExecAction;
import dev.drover.protocol.pool.v1.GrpcAction;
import dev.drover.protocol.pool.v1.HttpGetAction;
import dev.drover.protocol.pool.v1.HttpHeader;
import dev.drover.protocol.pool.v1.Lifecycle;
import dev.drover.protocol.pool.v1.Probe;
import dev.drover.protocol.pool.v1.SessionAction;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.TcpSocketAction;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoolResourcesTest {
    @Test
    void resourceTellsWhatWasWrittenAndWhatIs() {
        // given
        var written = Snapshots.written();

        // when
        var resource = PoolResources.of(written, Snapshots.web(true));

        // then
        assertThat(resource.getSpec()).isEqualTo(written.getSpec());
        assertThat(resource.getMetadata().getLabelsMap()).containsEntry("team", "shop");
        assertThat(resource.getMetadata().getGeneration()).isEqualTo(3);
        assertThat(resource.getMetadata().getResourceVersion()).isEqualTo("41");
        assertThat(resource.getStatus())
                .isEqualTo(WorkerPoolStatus.newBuilder()
                        .setObservedGeneration(3)
                        .setRevision(2)
                        .setReplicas(1)
                        .setReadyReplicas(1)
                        .setUpdatedReplicas(1)
                        .setAvailableReplicas(1)
                        .setUnavailableReplicas(1)
                        .addSockets(SocketStatus.newBuilder()
                                .setName("http")
                                .setMode("Sharded")
                                .setAddress("[::]:4711")
                                .setShards(3)
                                .setQueued(7))
                        .addConditions(Condition.newBuilder()
                                .setType("Available")
                                .setStatus("True")
                                .setReason("Some")
                                .setMessage("1 of 2 workers.")
                                .setLastTransitionTime(Times.timestamp(Snapshots.NOW)))
                        .build());
    }

    @Test
    void countThatWasScaledIsToldAndAnAbsentOneStaysAbsent() {
        // given
        var five = Snapshots.written().toBuilder();
        five.getSpecBuilder().setReplicas(5);
        var absent = Snapshots.written().toBuilder();
        absent.getSpecBuilder().clearReplicas();

        // when
        var counted = PoolResources.of(five.build(), Snapshots.web(true));
        var followed = PoolResources.of(absent.build(), Snapshots.web(true));

        // then
        assertThat(counted.getSpec().getReplicas()).isEqualTo(2);
        assertThat(followed.getSpec().hasReplicas()).isFalse();
    }

    @Test
    void templateThatWasUndoneIsTold() {
        // given
        var newer = Snapshots.written().toBuilder();
        newer.getSpecBuilder()
                .getTemplateBuilder()
                .addArgs("--new")
                .setWorkingDirectory("/app")
                .addEnv(EnvVar.newBuilder().setName("A").setValue("b"));

        // when
        var resource = PoolResources.of(newer.build(), Snapshots.web(true));

        // then
        assertThat(resource.getSpec().getTemplate())
                .isEqualTo(Snapshots.written().getSpec().getTemplate());
    }

    @Test
    void everyFieldOfATemplateIsToldAsItIsRead() {
        // given
        var template = Template.newBuilder()
                .setProtocol("Systemd")
                .addAllCommand(List.of("serve", "--now"))
                .setWorkingDirectory("/app")
                .setReadyWhen("Started")
                .addEnv(EnvVar.newBuilder().setName("A").setValue("b"))
                .addEnv(EnvVar.newBuilder()
                        .setName("S")
                        .setValueFrom(EnvVarSource.newBuilder().setFile("/run/secret")))
                .setLifecycle(Lifecycle.newBuilder().setStopSignal("SIGQUIT"))
                .build();

        // when
        var told = Templates.of(PoolSpecs.template(
                WorkerPoolSpec.newBuilder().setTemplate(template).build()));

        // then
        assertThat(told).isEqualTo(template);
    }

    @Test
    void probesAreToldAsTheyWereWrittenWithTheNamesOfTheirSockets() {
        // given
        var http = Value.newBuilder().setStringValue("http").build();
        var spec = WorkerPoolSpec.newBuilder()
                .addSockets(Socket.newBuilder().setName("http").setPort(8080));
        var times = Probe.newBuilder()
                .setInitialDelaySeconds(1)
                .setPeriodSeconds(2)
                .setTimeoutSeconds(3)
                .setSuccessThreshold(1)
                .setFailureThreshold(5)
                .build();
        var template = Template.newBuilder()
                .setProtocol("Drover")
                .addCommand("serve")
                .setReadyWhen("Probed")
                .setLifecycle(Lifecycle.newBuilder().setStopSignal("SIGTERM"));
        var actions = List.of(
                times.toBuilder()
                        .setHttpGet(HttpGetAction.newBuilder()
                                .setPath("/a")
                                .setPort(http)
                                .addHttpHeaders(
                                        HttpHeader.newBuilder().setName("A").setValue("b")))
                        .build(),
                times.toBuilder()
                        .setTcpSocket(TcpSocketAction.newBuilder().setPort(http))
                        .build(),
                times.toBuilder()
                        .setGrpc(GrpcAction.newBuilder().setPort(http).setService("s"))
                        .build(),
                times.toBuilder()
                        .setExec(ExecAction.newBuilder().addCommand("test"))
                        .build(),
                times.toBuilder().setSession(SessionAction.getDefaultInstance()).build());

        for (var probe : actions) {
            // when
            var written = template.setStartupProbe(probe)
                    .setReadinessProbe(probe)
                    .setLivenessProbe(probe)
                    .build();
            var told = Templates.of(PoolSpecs.template(spec.setTemplate(written).build()));

            // then
            assertThat(told).isEqualTo(written);
        }
    }

    @Test
    void aPortMayBeToldByItsNumber() {
        // given
        var probe = Probe.newBuilder()
                .setPeriodSeconds(10)
                .setTimeoutSeconds(1)
                .setSuccessThreshold(1)
                .setFailureThreshold(3)
                .setTcpSocket(
                        TcpSocketAction.newBuilder().setPort(Value.newBuilder().setNumberValue(8080)));
        var spec = WorkerPoolSpec.newBuilder()
                .addSockets(Socket.newBuilder().setName("other").setPort(8081))
                .addSockets(Socket.newBuilder().setName("http").setPort(8080))
                .setTemplate(Template.newBuilder().addCommand("serve").setReadinessProbe(probe));

        // when
        var probes = ProbeSpecs.of(spec.build());

        // then
        assertThat(probes.readiness().orElseThrow().action())
                .isEqualTo(new dev.drover.supervisor.health.ProbeAction.TcpSocket("http"));
    }
}
