package dev.drover.master.rest;

import com.google.protobuf.Message;
import dev.drover.master.page.WebFile;
import dev.drover.master.rest.Routes.Found;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;

/// Answers what comes by HTTP with what the control service answers. Who may ask what was decided before.
public final class Rest {
    /// What they bring and are answered is in memory. Streams do not count: those have a bound of their own.
    static final int MAX_CALLS = 64;

    private final Vertx vertx;
    private final ServerServiceDefinition service;
    private final WebFile document = document();
    private final Semaphore room = new Semaphore(MAX_CALLS);

    /// @param service the control service
    public Rest(Vertx vertx, ServerServiceDefinition service) {
        this.vertx = vertx;
        this.service = service;
    }

    /// REST in the words of OpenAPI.
    static WebFile document() {
        return WebFile.read(Rest.class, "openapi.json", Answer.JSON);
    }

    /// Answers a request, unless it is not for REST. On the event loop, which it does not keep.
    ///
    /// @return whether it is
    public boolean handle(HttpServerRequest request) {
        var path = request.path() == null ? "" : request.path();
        return switch (Routes.find(request.method().name(), path)) {
            case Found.NotRest() -> false;
            case Found.Nothing() -> refuseNothing(request);
            case Found.Document() -> serveDocument(request);
            case Found.OtherVerb(var allowed) -> refuseVerb(request, allowed);
            case Found.Matched(var route, var variables) -> handle(route, variables, new Exchange(vertx, request));
        };
    }

    private boolean serveDocument(HttpServerRequest request) {
        document.serve(request);
        return true;
    }

    private boolean refuseNothing(HttpServerRequest request) {
        var problem = Problem.of(404, "PATH_NOT_FOUND", "there is nothing at this path; see " + Routes.DOCUMENT);
        new Exchange(vertx, request).answer(Answer.of(problem));
        return true;
    }

    private boolean refuseVerb(HttpServerRequest request, List<String> allowed) {
        var verbs = String.join(", ", allowed);
        var problem = Problem.of(405, "METHOD_NOT_ALLOWED", request.method() + " is not allowed here, only " + verbs);
        new Exchange(vertx, request).answer(Answer.of(problem).with("allow", verbs));
        return true;
    }

    private boolean handle(Route route, Map<String, String> variables, Exchange exchange) {
        try {
            var asked = new Asked(route, variables, Query.parse(exchange.query()), exchange);
            var streamed = asked.streamed();
            if (streamed.isPresent()) {
                stream(asked, streamed.get());
            } else {
                call(asked);
            }
        } catch (RequestRefused refused) {
            exchange.answer(Answer.of(refused.problem()));
        }
        return true;
    }

    private void stream(Asked asked, Asked.Streamed streamed) throws RequestRefused {
        var request = new RequestReader(streamed.method()).read(asked.streamRequest());
        var call = new StreamCall(definition(streamed.method()), asked.exchange(), streamed.format());
        call.open();
        Thread.ofVirtual().name("drover-rest").start(() -> call.start(request));
    }

    private void call(Asked asked) throws RequestRefused {
        if (!room.tryAcquire()) {
            throw new RequestRefused(Problem.of(
                    429, "TOO_MANY_CALLS", MAX_CALLS + " calls are in hand, as many as are allowed: try again later"));
        }
        new UnaryExchange(asked, definition(asked.route().method()), room).begin();
    }

    /// Every message of the service is a [Message].
    @SuppressWarnings("unchecked")
    private ServerMethodDefinition<Message, Message> definition(GrpcMethod method) {
        return (ServerMethodDefinition<Message, Message>) Objects.requireNonNull(service.getMethod(method.fullName()));
    }
}
