package dev.drover.master.control;

import com.google.rpc.Status;
import dev.drover.master.access.CertificateRole;
import dev.drover.master.access.Role;
import dev.drover.master.page.Page;
import dev.drover.master.rest.Problem;
import dev.drover.master.rest.Routes;
import io.netty.channel.unix.DomainSocketChannel;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/// Puts the [Gate] before everything the control server answers, gRPC and all else. Lets nothing compressed through,
/// from wherever it comes: the bounds are those of the compressed size.
@Singleton
class GateFilter {
    /// Before every other filter and route.
    private static final int FIRST = Integer.MAX_VALUE;

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final String GRPC = "application/grpc";

    private final Gate gate;

    GateFilter(Gate gate) {
        this.gate = gate;
    }

    void register(@Observes Filters filters) {
        filters.register(this::filter, FIRST);
    }

    private void filter(RoutingContext context) {
        var request = context.request();
        var encoding = request.getHeader("grpc-encoding");
        if (encoding != null && !encoding.equals("identity")) {
            deny(request, Refusals.statusOf(new Refusal.Compressed(encoding)));
            return;
        }
        if (isUnix(request)) {
            context.next();
            return;
        }
        switch (gate.judge(call(request))) {
            case Gate.Verdict.Admitted() -> context.next();
            case Gate.Verdict.Foreign(var message) ->
                forbid(context.response(), new Problem(FORBIDDEN, "FOREIGN", message, Map.of(), List.of()));
            case Gate.Verdict.Denied(var refusal) -> deny(request, Refusals.statusOf(refusal));
        }
    }

    /// A peer is on the Unix socket only where its channel is one: anything else counts as TCP.
    private static boolean isUnix(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase connection
                && connection.channel() instanceof DomainSocketChannel;
    }

    private static Gate.Call call(HttpServerRequest request) {
        return new Gate.Call(
                method(request),
                Optional.ofNullable(request.authority()).map(Object::toString),
                Optional.ofNullable(request.getHeader("origin")),
                Optional.ofNullable(request.getHeader("authorization")),
                way(request));
    }

    /// What is not known to be anything else is taken for the method its path names.
    private static Optional<String> method(HttpServerRequest request) {
        var path = request.path() == null ? "" : request.path();
        return switch (Routes.meaning(request.method().name(), path)) {
            case Routes.Meaning.Method(var name) -> Optional.of(name);
            case Routes.Meaning.Nothing() -> Optional.empty();
            case Routes.Meaning.NotRest() ->
                Page.isAt(path) ? Optional.empty() : Optional.of(path.substring(Math.min(1, path.length())));
        };
    }

    private static Gate.Way way(HttpServerRequest request) {
        var session = request.sslSession();
        return session == null ? new Gate.Way.Plain() : new Gate.Way.Tls(certificateRole(session));
    }

    private static Optional<Role> certificateRole(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? CertificateRole.of(certificate)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException _) {
            return Optional.empty();
        }
    }

    private static void deny(HttpServerRequest request, Status status) {
        var type = request.getHeader("content-type");
        if (type != null && type.startsWith(GRPC)) {
            denyCall(request.response(), status);
        } else {
            forbid(request.response(), Problem.of(status));
        }
    }

    /// Answers as a gRPC server does that has no message to send.
    private static void denyCall(HttpServerResponse response, Status status) {
        response.putHeader("content-type", GRPC)
                .putHeader("grpc-status", Integer.toString(status.getCode()))
                .putHeader("grpc-message", percentEncoded(status.getMessage()))
                .putHeader(
                        "grpc-status-details-bin",
                        Base64.getEncoder().withoutPadding().encodeToString(status.toByteArray()))
                .end();
    }

    private static void forbid(HttpServerResponse response, Problem problem) {
        if (problem.status() == UNAUTHORIZED) {
            response.putHeader("www-authenticate", "Bearer");
        }
        response.setStatusCode(problem.status())
                .putHeader("content-type", Problem.TYPE)
                .end(problem.json());
    }

    private static String percentEncoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
