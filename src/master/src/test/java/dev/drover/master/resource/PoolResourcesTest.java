package dev.drover.master.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.EnvVarSource;
import dev.drover.protocol.pool.v1.Lifecycle;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.Template;
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
        var told = Templates.of(PoolSpecs.template(template));

        // then
        assertThat(told).isEqualTo(template);
    }
}
