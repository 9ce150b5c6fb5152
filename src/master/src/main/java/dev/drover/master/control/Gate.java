package dev.drover.master.control;

import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import dev.drover.master.access.Role;
import dev.drover.master.access.Tokens;
import dev.drover.protocol.control.v1.ControlServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Decides who may call what. Pure but for its tokens.
///
/// `control.sock` lies in a directory that only its user and root can enter: everything. The control address without
/// TLS can be reached by every process of the machine and, through a name that resolves to loopback, by every
/// page of a browser: `Host` must name this machine, an `Origin` must be the address itself, and without a
/// token only reading calls pass. With TLS nobody is anybody without a token or a certificate. What is not
/// known to read is taken for a call that writes.
public final class Gate {
    private static final String BEARER = "Bearer ";

    private static final Set<String> READING = reading(ControlServiceGrpc.getServiceDescriptor());

    private static final Set<String> READING_SERVICES = Set.of(
            "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection");

    private final Tokens tokens;

    /// @param tokens which allow what
    public Gate(Tokens tokens) {
        this.tokens = tokens;
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
    /// @param method the gRPC method it comes to, `drover.control.v1.ControlService/Stop`; empty: none, so it
    ///     does nothing
    /// @param authority `Host` or `:authority`
    /// @param way how it came
    record Call(
            Optional<String> method,
            Optional<String> authority,
            Optional<String> origin,
            Optional<String> authorization,
            Way way) {}

    /// How a call over TCP came.
    sealed interface Way {
        /// As everybody on this machine can.
        record Plain() implements Way {}

        /// Encrypted.
        ///
        /// @param certificate what the caller's certificate allows; empty: it has none, or a useless one
        record Tls(Optional<Role> certificate) implements Way {}
    }

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
        return switch (call.way()) {
            case Way.Plain() -> {
                var host = call.authority().map(Gate::hostOf).orElse("");
                yield isThisMachine(host)
                        ? judge(call, "http://", Optional.of(Role.VIEW))
                        : new Verdict.Foreign("Host '" + host + "' is not this machine's loopback address");
            }
            case Way.Tls(var certificate) -> judge(call, "https://", certificate);
        };
    }

    /// @param least what the caller may do without a token
    private Verdict judge(Call call, String scheme, Optional<Role> least) {
        var own = scheme + call.authority().orElse("");
        if (call.origin().filter(origin -> !origin.equals(own)).isPresent()) {
            return new Verdict.Foreign("calls from other origins are refused");
        }
        if (call.method().isEmpty()) {
            return new Verdict.Admitted();
        }
        var method = call.method().get();
        var role = Stream.concat(token(call).stream(), least.stream()).max(Comparator.naturalOrder());
        if (role.isEmpty()) {
            return new Verdict.Denied(new Refusal.Unauthenticated());
        }
        return switch (role.get()) {
            case ADMIN -> new Verdict.Admitted();
            case VIEW ->
                isReading(method)
                        ? new Verdict.Admitted()
                        : new Verdict.Denied(
                                call.way() instanceof Way.Plain
                                        ? new Refusal.TokenRequired(method)
                                        : new Refusal.RoleRequired(method, Role.ADMIN));
        };
    }

    private Optional<Role> token(Call call) {
        return call.authorization()
                .filter(authorization -> authorization.startsWith(BEARER))
                .flatMap(authorization -> tokens.roleOf(authorization.substring(BEARER.length())));
    }

    private static boolean isReading(String method) {
        int slash = method.indexOf('/');
        return READING.contains(method) || (slash > 0 && READING_SERVICES.contains(method.substring(0, slash)));
    }

    private static String hostOf(String authority) {
        int port = authority.lastIndexOf(':');
        return port > authority.lastIndexOf(']') ? authority.substring(0, port) : authority;
    }

    private static boolean isThisMachine(String host) {
        return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
    }
}
