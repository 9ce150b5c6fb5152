package dev.drover.master.resource;

import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.ExecAction;
import dev.drover.protocol.pool.v1.GrpcAction;
import dev.drover.protocol.pool.v1.HttpGetAction;
import dev.drover.protocol.pool.v1.HttpHeader;
import dev.drover.protocol.pool.v1.SessionAction;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.TcpSocketAction;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import dev.drover.supervisor.health.Probe;
import dev.drover.supervisor.health.ProbeAction;
import dev.drover.supervisor.health.Probes;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Probes, between the resource and the supervisor.
final class ProbeSpecs {
    private ProbeSpecs() {}

    /// @param spec validated, defaults filled in
    static Probes of(WorkerPoolSpec spec) {
        var template = spec.getTemplate();
        var sockets = spec.getSocketsList();
        return new Probes(
                template.hasStartupProbe() ? Optional.of(probe(template.getStartupProbe(), sockets)) : Optional.empty(),
                template.hasReadinessProbe()
                        ? Optional.of(probe(template.getReadinessProbe(), sockets))
                        : Optional.empty(),
                template.hasLivenessProbe()
                        ? Optional.of(probe(template.getLivenessProbe(), sockets))
                        : Optional.empty());
    }

    private static Probe probe(dev.drover.protocol.pool.v1.Probe probe, List<Socket> sockets) {
        return new Probe(
                action(probe, sockets),
                Duration.ofSeconds(probe.getInitialDelaySeconds()),
                Duration.ofSeconds(probe.getPeriodSeconds()),
                Duration.ofSeconds(probe.getTimeoutSeconds()),
                probe.getSuccessThreshold(),
                probe.getFailureThreshold());
    }

    private static ProbeAction action(dev.drover.protocol.pool.v1.Probe probe, List<Socket> sockets) {
        if (probe.hasHttpGet()) {
            var get = probe.getHttpGet();
            var headers = get.getHttpHeadersList().stream()
                    .map(header -> new ProbeAction.Header(header.getName(), header.getValue()))
                    .toList();
            return new ProbeAction.HttpGet(name(get.getPort(), sockets), get.getPath(), headers);
        }
        if (probe.hasTcpSocket()) {
            return new ProbeAction.TcpSocket(name(probe.getTcpSocket().getPort(), sockets));
        }
        if (probe.hasGrpc()) {
            return new ProbeAction.Grpc(
                    name(probe.getGrpc().getPort(), sockets), probe.getGrpc().getService());
        }
        return probe.hasExec() ? new ProbeAction.Exec(probe.getExec().getCommandList()) : new ProbeAction.Session();
    }

    /// The name of the socket that a port means.
    private static String name(Value port, List<Socket> sockets) {
        return sockets.stream()
                .filter(socket -> port.hasNumberValue()
                        ? socket.getPort() == port.getNumberValue()
                        : socket.getName().equals(port.getStringValue()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("cannot probe port " + port + ": no such socket"))
                .getName();
    }

    /// The inverse of [#of]: ports are told by the names of their sockets.
    static void add(Probes probes, Template.Builder template) {
        probes.startup().ifPresent(probe -> template.setStartupProbe(message(probe)));
        probes.readiness().ifPresent(probe -> template.setReadinessProbe(message(probe)));
        probes.liveness().ifPresent(probe -> template.setLivenessProbe(message(probe)));
    }

    private static dev.drover.protocol.pool.v1.Probe message(Probe probe) {
        var message = dev.drover.protocol.pool.v1.Probe.newBuilder()
                .setInitialDelaySeconds(seconds(probe.initialDelay()))
                .setPeriodSeconds(seconds(probe.period()))
                .setTimeoutSeconds(seconds(probe.timeout()))
                .setSuccessThreshold(probe.successThreshold())
                .setFailureThreshold(probe.failureThreshold());
        switch (probe.action()) {
            case ProbeAction.HttpGet(var socket, var path, var headers) ->
                message.setHttpGet(HttpGetAction.newBuilder()
                        .setPath(path)
                        .setPort(port(socket))
                        .addAllHttpHeaders(headers.stream()
                                .map(header -> HttpHeader.newBuilder()
                                        .setName(header.name())
                                        .setValue(header.value())
                                        .build())
                                .toList()));
            case ProbeAction.TcpSocket(var socket) ->
                message.setTcpSocket(TcpSocketAction.newBuilder().setPort(port(socket)));
            case ProbeAction.Grpc(var socket, var service) ->
                message.setGrpc(GrpcAction.newBuilder().setPort(port(socket)).setService(service));
            case ProbeAction.Exec(var command) ->
                message.setExec(ExecAction.newBuilder().addAllCommand(command));
            case ProbeAction.Session() -> message.setSession(SessionAction.getDefaultInstance());
        }
        return message.build();
    }

    private static int seconds(Duration duration) {
        return Math.toIntExact(duration.toSeconds());
    }

    private static Value port(String socket) {
        return Value.newBuilder().setStringValue(socket).build();
    }
}
