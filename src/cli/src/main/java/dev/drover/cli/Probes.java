package dev.drover.cli;

import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.HttpHeader;
import dev.drover.protocol.pool.v1.Probe;
import java.util.stream.Collectors;

/// Probes in the one line in which kubectl tells them.
final class Probes {

    private Probes() {}

    /// `http-get :http/healthz delay=0s timeout=1s period=10s #success=1 #failure=3`, with the names of headers and
    /// never their values.
    static String shown(Probe probe) {
        return "%s delay=%ds timeout=%ds period=%ds #success=%d #failure=%d"
                .formatted(
                        action(probe),
                        probe.getInitialDelaySeconds(),
                        probe.hasTimeoutSeconds() ? probe.getTimeoutSeconds() : 1,
                        probe.hasPeriodSeconds() ? probe.getPeriodSeconds() : 10,
                        probe.hasSuccessThreshold() ? probe.getSuccessThreshold() : 1,
                        probe.hasFailureThreshold() ? probe.getFailureThreshold() : 3);
    }

    private static String action(Probe probe) {
        if (probe.hasHttpGet()) {
            var get = probe.getHttpGet();
            String path = get.hasPath() ? get.getPath() : "/";
            String headers =
                    get.getHttpHeadersList().stream().map(HttpHeader::getName).collect(Collectors.joining(","));
            return "http-get " + port(get.getPort()) + path + (headers.isEmpty() ? "" : " headers=" + headers);
        }
        if (probe.hasTcpSocket()) {
            return "tcp-socket " + port(probe.getTcpSocket().getPort());
        }
        if (probe.hasExec()) {
            return "exec " + probe.getExec().getCommandList();
        }
        if (probe.hasGrpc()) {
            return Descriptions.joined(
                    " ",
                    "grpc",
                    port(probe.getGrpc().getPort()),
                    probe.getGrpc().getService());
        }
        return "session";
    }

    private static String port(Value port) {
        return ":" + (port.hasNumberValue() ? Long.toString((long) port.getNumberValue()) : port.getStringValue());
    }
}
