package dev.drover.master.resource;

import com.google.protobuf.Value;
import dev.drover.posix.Signals;
import dev.drover.protocol.pool.v1.Distribution;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.Logs;
import dev.drover.protocol.pool.v1.Recycle;
import dev.drover.protocol.pool.v1.Restart;
import dev.drover.protocol.pool.v1.Socket;
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
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What a resource wants, in the supervisor's words.
public final class PoolSpecs {
    private PoolSpecs() {}

    /// @param pool validated, defaults filled in
    /// @param cpus the number of workers of a pool without `replicas`
    public static PoolSpec of(WorkerPool pool, int cpus) {
        var spec = pool.getSpec();
        var bounds = spec.getStrategy().getRollingUpdate();
        return new PoolSpec(
                pool.getMetadata().getName(),
                spec.hasReplicas() ? spec.getReplicas() : Math.clamp(cpus, 1, PoolSpec.MAX_REPLICAS),
                spec.getSocketsList().stream().map(PoolSpecs::socket).toList(),
                template(spec),
                quantity(bounds.getMaxSurge()),
                quantity(bounds.getMaxUnavailable()),
                Duration.ofSeconds(spec.getMinReadySeconds()),
                Duration.ofSeconds(spec.getProgressDeadlineSeconds()),
                spec.getRevisionHistoryLimit(),
                spec.getRollbackOnFailure(),
                Duration.ofSeconds(spec.getTerminationGracePeriodSeconds()),
                restart(spec.getRestart()),
                recycle(spec.getRecycle()),
                output(spec.getLogs()));
    }

    private static SocketSpec socket(Socket socket) {
        var distribution = switch (socket.getDistribution().getMode()) {
            case "Sharded" -> SocketSpec.Distribution.SHARDED;
            case "Shared" -> SocketSpec.Distribution.SHARED;
            case "Dispatched" -> SocketSpec.Distribution.DISPATCHED;
            case String other -> throw unknown("distribution.mode", other);
        };
        return new SocketSpec(
                socket.getName(), address(socket), socket.getBacklog(), distribution, policy(socket.getDistribution()));
    }

    private static Optional<DispatchPolicy> policy(Distribution distribution) {
        return distribution.hasPolicy()
                ? Optional.of(
                        switch (distribution.getPolicy()) {
                            case "RoundRobin" -> DispatchPolicy.roundRobin();
                            case "LeastConnections" -> DispatchPolicy.leastConnections();
                            case "ClientAddress" -> DispatchPolicy.clientAddress();
                            case String other -> throw unknown("distribution.policy", other);
                        })
                : Optional.empty();
    }

    private static SocketAddress address(Socket socket) {
        return switch (socket.getProtocol()) {
            case "TCP" -> new InetSocketAddress(InetAddress.ofLiteral(socket.getHost()), socket.getPort());
            case "Unix" -> UnixDomainSocketAddress.of(socket.getPath());
            case String other -> throw unknown("protocol", other);
        };
    }

    /// @param spec whose template it is: probes speak of its sockets
    static Template template(WorkerPoolSpec spec) {
        var template = spec.getTemplate();
        var protocol = switch (template.getProtocol()) {
            case "Drover" -> Template.Protocol.DROVER;
            case "Systemd" -> Template.Protocol.SYSTEMD;
            case String other -> throw unknown("template.protocol", other);
        };
        var readyWhen = switch (template.getReadyWhen()) {
            case "Notified" -> Template.ReadyWhen.NOTIFIED;
            case "Probed" -> Template.ReadyWhen.PROBED;
            case "Started" -> Template.ReadyWhen.STARTED;
            case String other -> throw unknown("template.readyWhen", other);
        };
        var stopSignal = template.getLifecycle().getStopSignal();
        return new Template(
                protocol,
                Stream.of(template.getCommandList(), template.getArgsList())
                        .flatMap(List::stream)
                        .toList(),
                template.hasWorkingDirectory()
                        ? Optional.of(Path.of(template.getWorkingDirectory()))
                        : Optional.empty(),
                template.getEnvList().stream().map(PoolSpecs::variable).toList(),
                readyWhen,
                Signals.numberOf(stopSignal).orElseThrow(() -> unknown("lifecycle.stopSignal", stopSignal)),
                ProbeSpecs.of(spec));
    }

    private static Variable variable(EnvVar variable) {
        return variable.hasValueFrom()
                ? new Variable.FromFile(
                        variable.getName(), Path.of(variable.getValueFrom().getFile()))
                : new Variable.Literal(variable.getName(), variable.getValue());
    }

    private static Quantity quantity(Value value) {
        return switch (value.getKindCase()) {
            case NUMBER_VALUE -> Quantity.of((int) value.getNumberValue());
            case STRING_VALUE -> percentage(value.getStringValue());
            case NULL_VALUE, BOOL_VALUE, STRUCT_VALUE, LIST_VALUE, KIND_NOT_SET ->
                throw unknown("rollingUpdate", value.getKindCase().name());
        };
    }

    private static Quantity percentage(String text) {
        return text.endsWith("%")
                ? Quantity.percent(Integer.parseInt(text.substring(0, text.length() - 1)))
                : Quantity.of(Integer.parseInt(text));
    }

    private static RestartPolicy restart(Restart restart) {
        var policy = new RestartPolicy(
                duration(restart.getInitialDelaySeconds()),
                duration(restart.getMaxDelaySeconds()),
                duration(restart.getResetAfterSeconds()));
        return restart.hasMaxRestarts() ? policy.withLimit(limit(restart)) : policy;
    }

    private static RestartPolicy.Limit limit(Restart restart) {
        var onFailure = switch (restart.getOnFailure()) {
            case "Exit" -> RestartPolicy.OnFailure.EXIT;
            case "Stay" -> RestartPolicy.OnFailure.STAY;
            case String other -> throw unknown("restart.onFailure", other);
        };
        return new RestartPolicy.Limit(restart.getMaxRestarts(), duration(restart.getWindowSeconds()), onFailure);
    }

    private static RecyclePolicy recycle(Recycle recycle) {
        return new RecyclePolicy(
                recycle.getMaxAgeSeconds() > 0
                        ? Optional.of(Duration.ofSeconds(recycle.getMaxAgeSeconds()))
                        : Optional.empty(),
                recycle.getMaxMemoryMib() > 0
                        ? OptionalLong.of((long) recycle.getMaxMemoryMib() << 20)
                        : OptionalLong.empty(),
                recycle.getMaxRequests() > 0 ? OptionalLong.of(recycle.getMaxRequests()) : OptionalLong.empty(),
                recycle.getJitterPercent() / 100.0);
    }

    private static OutputPolicy output(Logs logs) {
        var whenFull = switch (logs.getWhenFull()) {
            case "Drop" -> OutputPolicy.WhenFull.DROP;
            case "Block" -> OutputPolicy.WhenFull.BLOCK;
            case String other -> throw unknown("logs.whenFull", other);
        };
        return new OutputPolicy(logs.getTailLines(), logs.getMaxLineBytes(), whenFull);
    }

    private static Duration duration(double seconds) {
        return Duration.ofNanos(Math.round(seconds * 1e9));
    }

    /// The validation let something through that it should have refused, or a default is missing.
    private static IllegalArgumentException unknown(String field, String value) {
        return new IllegalArgumentException("cannot use " + field + " '" + value + "'");
    }
}
