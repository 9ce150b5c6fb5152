package dev.drover.poolfile;

import com.google.protobuf.Value;
import dev.drover.protocol.pool.v1.Probe;
import dev.drover.protocol.pool.v1.Socket;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rules of probes that no single field's rule can say.
final class ProbeRules {
    static final String PORT = "the name or the number of a socket of the pool";

    private static final String OTHERWISE = "; probe it by exec or session";

    private final WorkerPoolSpec spec;
    private final List<Violation> violations = new ArrayList<>();

    private ProbeRules(WorkerPoolSpec spec) {
        this.spec = spec;
    }

    static List<Violation> check(WorkerPoolSpec spec) {
        var rules = new ProbeRules(spec);
        rules.check(spec.getTemplate());
        return rules.violations;
    }

    private void check(Template template) {
        if (template.hasStartupProbe()) {
            probe(template.getStartupProbe(), "startupProbe");
            firstSuccessCounts(template.getStartupProbe(), "startupProbe");
        }
        if (template.hasReadinessProbe()) {
            probe(template.getReadinessProbe(), "readinessProbe");
        }
        if (template.hasLivenessProbe()) {
            probe(template.getLivenessProbe(), "livenessProbe");
            firstSuccessCounts(template.getLivenessProbe(), "livenessProbe");
        }
        readyWhen(template);
    }

    private void readyWhen(Template template) {
        var path = "spec.template.readyWhen";
        if (template.getReadyWhen().equals("Probed") && !template.hasReadinessProbe()) {
            violated(path, "is \"Probed\", which needs a readinessProbe; add one or remove it");
        }
        if (template.getReadyWhen().equals("Started") && template.hasReadinessProbe()) {
            violated(path, "is \"Started\", but there is a readinessProbe; say \"Probed\" or remove one of them");
        }
    }

    private void firstSuccessCounts(Probe probe, String name) {
        if (probe.hasSuccessThreshold() && probe.getSuccessThreshold() != 1) {
            violated(
                    path(name) + ".successThreshold",
                    "is " + probe.getSuccessThreshold() + ", must be 1 for a " + name + "; remove it");
        }
    }

    private void probe(Probe probe, String name) {
        var path = path(name);
        var given = given(probe);
        if (given.size() != 1) {
            violated(
                    path,
                    given.isEmpty()
                            ? "asks nothing; give one of httpGet, tcpSocket, exec, grpc and session"
                            : "has " + String.join(" and ", given) + "; keep one");
        }
        if (probe.hasHttpGet()) {
            port(probe.getHttpGet().hasPort(), probe.getHttpGet().getPort(), path + ".httpGet.port");
        }
        if (probe.hasTcpSocket()) {
            port(probe.getTcpSocket().hasPort(), probe.getTcpSocket().getPort(), path + ".tcpSocket.port");
        }
        if (probe.hasGrpc()) {
            port(probe.getGrpc().hasPort(), probe.getGrpc().getPort(), path + ".grpc.port");
        }
        if (probe.hasExec()
                && probe.getExec().getCommandCount() > 0
                && probe.getExec().getCommand(0).isEmpty()) {
            violated(path + ".exec.command[0]", "is empty, must be the program to start");
        }
        boolean systemd = Defaults.protocol(spec.getTemplate()).equals("Systemd");
        if (probe.hasSession() && systemd && !name.equals("livenessProbe")) {
            violated(
                    path + ".session",
                    "is for a livenessProbe only where spec.template.protocol is \"Systemd\", which knows no other"
                            + " sign of life than WATCHDOG=1");
        }
    }

    private static List<String> given(Probe probe) {
        var given = new ArrayList<String>();
        if (probe.hasHttpGet()) {
            given.add("httpGet");
        }
        if (probe.hasTcpSocket()) {
            given.add("tcpSocket");
        }
        if (probe.hasExec()) {
            given.add("exec");
        }
        if (probe.hasGrpc()) {
            given.add("grpc");
        }
        if (probe.hasSession()) {
            given.add("session");
        }
        return given;
    }

    private void port(boolean isGiven, Value port, String path) {
        if (!isGiven) {
            return; // told by the field's own rule
        }
        var socket = named(spec.getSocketsList(), port);
        if (socket.isEmpty()) {
            var names = spec.getSocketsList().stream().map(Socket::getName).toList();
            violated(
                    path,
                    "is " + Wording.quote(text(port)) + ", no socket of the pool; "
                            + (names.isEmpty() ? "it has none" + OTHERWISE : "must be " + Wording.anyOf(names)));
        } else if (!isSteered(socket.get())) {
            violated(
                    path,
                    "is the socket " + Wording.quote(socket.get().getName())
                            + ", which is not Sharded: there is no telling which worker answers" + OTHERWISE);
        }
    }

    private static boolean isSteered(Socket socket) {
        var distribution = socket.getDistribution();
        return Defaults.protocol(socket).equals("TCP")
                && (!distribution.hasMode() || distribution.getMode().equals("Sharded"));
    }

    /// The socket that a port means: by its name, or by its number.
    static Optional<Socket> named(List<Socket> sockets, Value port) {
        return sockets.stream()
                .filter(socket -> port.hasNumberValue()
                        ? socket.hasPort() && socket.getPort() > 0 && socket.getPort() == port.getNumberValue()
                        : socket.getName().equals(port.getStringValue()))
                .findFirst();
    }

    private static String text(Value port) {
        return port.hasNumberValue() ? Long.toString((long) port.getNumberValue()) : port.getStringValue();
    }

    private static String path(String name) {
        return "spec.template." + name;
    }

    private void violated(String path, String message) {
        violations.add(new Violation(path, message));
    }
}
