package dev.drover.master.resource;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Value;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.EnvVarSource;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.supervisor.OutputPolicy;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.Quantity;
import dev.drover.supervisor.RecyclePolicy;
import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.Template;
import dev.drover.supervisor.Template.Variable;
import dev.drover.supervisor.dispatch.DispatchPolicy;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class PoolSpecsTest {
    @Test
    void defaultsArriveAsTheSupervisorsOwn() {
        assertThat(PoolSpecs.of(Snapshots.written(), 8))
                .isEqualTo(new PoolSpec(
                        "web",
                        2,
                        List.of(new SocketSpec(
                                "http", new InetSocketAddress("::", 0), 4096, SocketSpec.Distribution.SHARDED)),
                        new Template(
                                Template.Protocol.DROVER,
                                List.of("serve"),
                                Optional.empty(),
                                List.of(),
                                Template.ReadyWhen.NOTIFIED,
                                15),
                        Quantity.of(1),
                        Quantity.of(0),
                        Duration.ZERO,
                        Duration.ofSeconds(60),
                        10,
                        false,
                        Duration.ofSeconds(30),
                        RestartPolicy.DEFAULT,
                        RecyclePolicy.NEVER,
                        OutputPolicy.DEFAULT));
    }

    @Test
    void whatIsWrittenArrives() {
        // when
        var spec = changed(pool -> {
            pool.getSocketsBuilder(0)
                    .setProtocol("Unix")
                    .setPath("/run/app.sock")
                    .setBacklog(5)
                    .getDistributionBuilder()
                    .setMode("Shared");
            pool.getTemplateBuilder()
                    .setProtocol("Systemd")
                    .addArgs("--now")
                    .setWorkingDirectory("/app")
                    .setReadyWhen("Started")
                    .addEnv(EnvVar.newBuilder().setName("A").setValue("b"))
                    .addEnv(EnvVar.newBuilder()
                            .setName("S")
                            .setValueFrom(EnvVarSource.newBuilder().setFile("/run/secret")))
                    .getLifecycleBuilder()
                    .setStopSignal("SIGQUIT");
            pool.getStrategyBuilder()
                    .getRollingUpdateBuilder()
                    .setMaxSurge(Value.newBuilder().setStringValue("25%"))
                    .setMaxUnavailable(Value.newBuilder().setNumberValue(2));
            pool.setRevisionHistoryLimit(3).setRollbackOnFailure(true);
            pool.getRestartBuilder().setInitialDelaySeconds(0.25);
            pool.getRecycleBuilder()
                    .setMaxAgeSeconds(60)
                    .setMaxMemoryMib(300)
                    .setMaxRequests(0)
                    .setJitterPercent(10);
            pool.getLogsBuilder().setWhenFull("Block").setTailLines(0);
        });

        // then
        assertThat(spec.sockets())
                .containsExactly(new SocketSpec(
                        "http", UnixDomainSocketAddress.of("/run/app.sock"), 5, SocketSpec.Distribution.SHARED));
        assertThat(spec.template())
                .isEqualTo(new Template(
                        Template.Protocol.SYSTEMD,
                        List.of("serve", "--now"),
                        Optional.of(Path.of("/app")),
                        List.of(new Variable.Literal("A", "b"), new Variable.FromFile("S", Path.of("/run/secret"))),
                        Template.ReadyWhen.STARTED,
                        3));
        assertThat(spec.maxSurge()).isEqualTo(Quantity.percent(25));
        assertThat(spec.maxUnavailable()).isEqualTo(Quantity.of(2));
        assertThat(spec.revisionHistoryLimit()).isEqualTo(3);
        assertThat(spec.rollbackOnFailure()).isTrue();
        assertThat(spec.restart().initialDelay()).isEqualTo(Duration.ofMillis(250));
        assertThat(spec.recycle())
                .isEqualTo(new RecyclePolicy(
                        Optional.of(Duration.ofMinutes(1)), OptionalLong.of(300L << 20), OptionalLong.empty(), 0.1));
        assertThat(spec.output()).isEqualTo(new OutputPolicy(0, 16384, OutputPolicy.WhenFull.BLOCK));
    }

    @Test
    void aDispatchedSocketArrivesWithItsPolicy() {
        var policies = Map.of(
                "RoundRobin", DispatchPolicy.roundRobin(),
                "LeastConnections", DispatchPolicy.leastConnections(),
                "ClientAddress", DispatchPolicy.clientAddress());

        policies.forEach((name, policy) -> assertThat(changed(pool -> pool.getSocketsBuilder(0)
                                .getDistributionBuilder()
                                .setMode("Dispatched")
                                .setPolicy(name))
                        .sockets())
                .containsExactly(SocketSpec.dispatched("http", new InetSocketAddress("::", 0), 4096, policy)));
    }

    @Test
    void zeroReplicasIsNotOnePerCpu() {
        assertThat(changed(pool -> pool.setReplicas(0)).replicas()).isZero();
        assertThat(changed(WorkerPoolSpec.Builder::clearReplicas).replicas()).isEqualTo(8);
    }

    private static PoolSpec changed(Consumer<WorkerPoolSpec.Builder> change) {
        WorkerPool.Builder pool = Snapshots.written().toBuilder();
        change.accept(pool.getSpecBuilder());
        return PoolSpecs.of(pool.build(), 8);
    }
}
