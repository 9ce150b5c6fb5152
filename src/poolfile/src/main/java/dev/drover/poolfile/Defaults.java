package dev.drover.poolfile;

import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.Distribution;
import dev.drover.protocol.pool.v1.Logs;
import dev.drover.protocol.pool.v1.Probe;
import dev.drover.protocol.pool.v1.Recycle;
import dev.drover.protocol.pool.v1.Restart;
import dev.drover.protocol.pool.v1.RollingUpdate;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;

/// What holds where a pool says nothing.
///
/// `replicas` stays absent (one per CPU, which changes while the master runs), and so does `workingDir` (where the
/// master was started).
public final class Defaults {

    private Defaults() {}

    /// The pool with every default filled in. Changes nothing that is set; applied twice it changes nothing.
    public static WorkerPool of(WorkerPool pool) {
        WorkerPool.Builder filled = pool.toBuilder();
        WorkerPoolSpec.Builder spec = filled.getSpecBuilder();
        spec.getSocketsBuilderList().forEach(Defaults::fill);
        fill(spec.getTemplateBuilder());
        fill(spec.getStrategyBuilder().getRollingUpdateBuilder());
        fill(spec.getRestartBuilder());
        fill(spec.getLogsBuilder());
        if (spec.hasRecycle()) {
            fill(spec.getRecycleBuilder());
        }
        if (spec.hasMetrics() && !spec.getMetrics().hasHttpPath()) {
            spec.getMetricsBuilder().setHttpPath("/metrics");
        }
        if (!spec.hasMinReadySeconds()) {
            spec.setMinReadySeconds(0);
        }
        if (!spec.hasProgressDeadlineSeconds()) {
            spec.setProgressDeadlineSeconds(60);
        }
        if (!spec.hasRevisionHistoryLimit()) {
            spec.setRevisionHistoryLimit(10);
        }
        if (!spec.hasRollbackOnFailure()) {
            spec.setRollbackOnFailure(false);
        }
        if (!spec.hasTerminationGracePeriodSeconds()) {
            spec.setTerminationGracePeriodSeconds(30);
        }
        return filled.build();
    }

    static String protocol(Socket socket) {
        return socket.hasProtocol() ? socket.getProtocol() : "TCP";
    }

    static String host(Socket socket) {
        return socket.hasHost() ? socket.getHost() : "::";
    }

    static String protocol(Template template) {
        return template.hasProtocol() ? template.getProtocol() : "Drover";
    }

    static boolean isDispatched(Distribution distribution) {
        return distribution.getMode().equals("Dispatched");
    }

    private static void fill(Socket.Builder socket) {
        socket.setProtocol(protocol(socket.build()));
        boolean unix = socket.getProtocol().equals("Unix");
        if (!unix) {
            socket.setHost(host(socket.build()));
        }
        if (!socket.hasBacklog()) {
            socket.setBacklog(4096);
        }
        if (!socket.getDistribution().hasMode()) {
            socket.getDistributionBuilder().setMode(unix ? "Shared" : "Sharded");
        }
        if (isDispatched(socket.getDistribution()) && !socket.getDistribution().hasPolicy()) {
            socket.getDistributionBuilder().setPolicy("RoundRobin");
        }
    }

    private static void fill(Template.Builder template) {
        template.setProtocol(protocol(template.build()));
        if (!template.hasReadyWhen()) {
            template.setReadyWhen(template.hasReadinessProbe() ? "Probed" : "Notified");
        }
        if (template.hasStartupProbe()) {
            fill(template.getStartupProbeBuilder());
        }
        if (template.hasReadinessProbe()) {
            fill(template.getReadinessProbeBuilder());
        }
        if (template.hasLivenessProbe()) {
            fill(template.getLivenessProbeBuilder());
        }
        if (!template.getLifecycle().hasStopSignal()) {
            template.getLifecycleBuilder().setStopSignal("SIGTERM");
        }
    }

    private static void fill(Probe.Builder probe) {
        if (probe.hasHttpGet() && !probe.getHttpGet().hasPath()) {
            probe.getHttpGetBuilder().setPath("/");
        }
        if (probe.hasGrpc() && !probe.getGrpc().hasService()) {
            probe.getGrpcBuilder().setService("");
        }
        if (!probe.hasInitialDelaySeconds()) {
            probe.setInitialDelaySeconds(0);
        }
        if (!probe.hasPeriodSeconds()) {
            probe.setPeriodSeconds(10);
        }
        if (!probe.hasTimeoutSeconds()) {
            probe.setTimeoutSeconds(1);
        }
        if (!probe.hasSuccessThreshold()) {
            probe.setSuccessThreshold(1);
        }
        if (!probe.hasFailureThreshold()) {
            probe.setFailureThreshold(3);
        }
    }

    private static void fill(RollingUpdate.Builder update) {
        if (!update.hasMaxSurge()) {
            update.setMaxSurge(Value.newBuilder().setNumberValue(1));
        }
        if (!update.hasMaxUnavailable()) {
            update.setMaxUnavailable(Value.newBuilder().setNumberValue(0));
        }
    }

    private static void fill(Restart.Builder restart) {
        if (!restart.hasInitialDelaySeconds()) {
            restart.setInitialDelaySeconds(0.1);
        }
        if (!restart.hasMaxDelaySeconds()) {
            restart.setMaxDelaySeconds(30);
        }
        if (!restart.hasResetAfterSeconds()) {
            restart.setResetAfterSeconds(60);
        }
        if (restart.hasMaxRestarts() && !restart.hasWindowSeconds()) {
            restart.setWindowSeconds(60);
        }
        if (restart.hasMaxRestarts() && !restart.hasOnFailure()) {
            restart.setOnFailure("Exit");
        }
    }

    private static void fill(Recycle.Builder recycle) {
        if (!recycle.hasMaxAgeSeconds()) {
            recycle.setMaxAgeSeconds(0);
        }
        if (!recycle.hasMaxMemoryMib()) {
            recycle.setMaxMemoryMib(0);
        }
        if (!recycle.hasMaxRequests()) {
            recycle.setMaxRequests(0);
        }
        if (!recycle.hasJitterPercent()) {
            recycle.setJitterPercent(20);
        }
    }

    private static void fill(Logs.Builder logs) {
        if (!logs.hasTailLines()) {
            logs.setTailLines(50);
        }
        if (!logs.hasMaxLineBytes()) {
            logs.setMaxLineBytes(16384);
        }
        if (!logs.hasWhenFull()) {
            logs.setWhenFull("Drop");
        }
    }
}
