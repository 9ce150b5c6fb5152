package dev.drover.master.rest;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// A request that has found its route.
///
/// @param variables of the path
/// @param query its parameters
record Asked(Route route, Map<String, String> variables, Map<String, String> query, Exchange exchange) {
    private static final String WATCH = "watch";
    private static final String FOLLOW = "follow";

    /// A method with several answers, and how they are written.
    record Streamed(GrpcMethod method, StreamFormat format) {}

    Asked {
        variables = Map.copyOf(variables);
        query = Map.copyOf(query);
    }

    /// How it wishes to be answered with a stream; empty: it does not.
    ///
    /// @throws RequestRefused where it does not accept what it would be answered
    Optional<Streamed> streamed() throws RequestRefused {
        var accept = Accept.of(exchange.header("accept"));
        var watch = route.watch().filter(_ -> !exchange.isHead());
        boolean live = watch.isPresent() && (isLive() || accept.eventsByName());
        if (live ? !accept.events() : !accept.json()) {
            throw new RequestRefused(Problem.of(
                    406, "NOT_ACCEPTABLE", "this is answered as " + (live ? StreamFormat.EVENTS : Answer.JSON)));
        }
        if (live) {
            return watch.map(way -> new Streamed(way.method(), new StreamFormat.Events(way.told())));
        }
        return route.shape() instanceof Shape.Lines(var field)
                ? Optional.of(new Streamed(route.method(), new StreamFormat.Items(field)))
                : Optional.empty();
    }

    private boolean isLive() throws RequestRefused {
        var name = route.shape() instanceof Shape.Lines ? FOLLOW : WATCH;
        return Query.flag(name, query.getOrDefault(name, "false"));
    }

    /// What of it makes the request of a stream.
    Incoming streamRequest() {
        var last = exchange.header("last-event-id");
        return new Incoming(
                variables,
                fields(),
                Optional.empty(),
                last.isEmpty() ? Optional.empty() : Optional.of(new Incoming.Version("Last-Event-ID", last)));
    }

    /// What of it makes the request of a call with one answer.
    Incoming callRequest(ByteString body) throws RequestRefused {
        return new Incoming(
                variables,
                fields(),
                Bodies.of(route, body, exchange.header("content-type"), exchange.header("content-encoding")),
                ifMatch());
    }

    /// The parameters that are fields of a request.
    private Map<String, String> fields() {
        var fields = new HashMap<>(query);
        if (route.watch().isPresent() && !(route.shape() instanceof Shape.Lines)) {
            fields.remove(WATCH);
        }
        return fields;
    }

    /// Of requests that change something; the others are not made dependent on anything.
    private Optional<Incoming.Version> ifMatch() throws RequestRefused {
        var header = exchange.header("if-match");
        if (route.isGet() || header.isEmpty()) {
            return Optional.empty();
        }
        if (header.length() < 2 || !header.startsWith("\"") || !header.endsWith("\"")) {
            throw new RequestRefused(Problem.invalid("If-Match", "is " + header + ", must be one strong entity tag"));
        }
        return Optional.of(new Incoming.Version("If-Match", header.substring(1, header.length() - 1)));
    }

    /// Whether it is to be done only if nothing has changed.
    boolean isConditional() {
        return !exchange.header("if-match").isEmpty();
    }
}
