package dev.drover.master.control;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Decides who may call what. Pure.
///
/// `control.sock` lies in a directory that only its user and root can enter: everything. The control address can be
/// reached by every process of the machine and, through a name that resolves to loopback, by every page of a
/// browser: `Host` must name this machine, an `Origin` must be the address itself, and without the token only
/// reading calls pass. What is not known to read is taken for a call that writes.
public final class Gate {
    private static final String BEARER = "Bearer ";

    private static final Set<String> READING = reading(ControlServiceGrpc.getServiceDescriptor());

    private static final Set<String> READING_SERVICES = Set.of(
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    private final byte[] token;

    /// @param token of the run directory
    public Gate(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /// The contract says which methods only read.
    private static Set<String> reading(ServiceDescriptor service) {
        return service.getMethods().stream()
                .filter(Gate::onlyReads)
                .map(MethodDescriptor::getFullMethodName)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean onlyReads(MethodDescriptor<?, ?> method) {
        return method.getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema
                && schema.getMethodDescriptor().getOptions().getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS;
    }

    /// What a call over TCP carries.
    ///
    /// @param method of gRPC that it comes to, `drover.control.v1.ControlService/Stop`; empty: it does nothing
    /// @param authority `Host` or `:authority`
    record Call(
            Optional<String> method,
            Optional<String> authority,
            Optional<String> origin,
            Optional<String> authorization) {}

    /// What is decided.
    sealed interface Verdict {
        /// It may.
        record Admitted() implements Verdict {}

        /// It does not come from where it may come from.
        record Foreign(String message) implements Verdict {}

        /// It needs the token.
        record Denied(Refusal refusal) implements Verdict {}
    }

    Verdict judge(Call call) {
        var host = call.authority().map(Gate::hostOf).orElse("");
        if (!isThisMachine(host)) {
            return new Verdict.Foreign("Host '" + host + "' is not this machine's loopback address");
        }
        var own = call.authority().orElse("");
        if (call.origin().filter(origin -> !origin.equals("http://" + own)).isPresent()) {
            return new Verdict.Foreign("calls from other origins are refused");
        }
        boolean trusted = call.authorization().filter(this::isToken).isPresent();
        return call.method()
                .filter(method -> !trusted && !isReading(method))
                .<Verdict>map(method -> new Verdict.Denied(new Refusal.TokenRequired(method)))
                .orElseGet(Verdict.Admitted::new);
    }

    private static boolean isReading(String method) {
        int slash = method.indexOf('/');
        return READING.contains(method) || (slash > 0 && READING_SERVICES.contains(method.substring(0, slash)));
    }

    /// In a time that does not depend on where they differ.
    private boolean isToken(String authorization) {
        return authorization.startsWith(BEARER)
                && MessageDigest.isEqual(
                        token, authorization.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8));
    }

    private static String hostOf(String authority) {
        int port = authority.lastIndexOf(':');
        return port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    }

    private static boolean isThisMachine(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
