package dev.drover.master.rest;

import dev.drover.master.rest.Shape.Items;
import dev.drover.master.rest.Shape.Lines;
import dev.drover.master.rest.Shape.Newest;
import dev.drover.master.rest.Shape.Only;
import dev.drover.master.rest.Shape.Whole;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The table of what REST answers. Every method of the control service is in it.
public final class Routes {
    /// Below it everything is REST.
    static final String ROOT = "/api/";

    /// Where REST tells about itself.
    static final String DOCUMENT = "/api/v1/openapi.json";

    private static final String GET = "GET";
    private static final String HEAD = "HEAD";

    private static final String POOLS = "/api/v1/pools";
    private static final String POOL = POOLS + "/{name}";
    private static final String WORKERS = "/api/v1/workers";
    private static final String WORKER = WORKERS + "/{name}";

    static final List<Route> ALL = List.of(
            Route.get(POOLS, "ListPools", new Items("pools"), Watch.changes("WatchPools", "pool")),
            Route.change("POST", POOLS + ":apply", "ApplyPools"),
            Route.get(POOL, "GetPool", new Only("pool")),
            Route.change("DELETE", POOL, "DeletePool"),
            Route.change("PUT", POOL + "/scale", "ScalePool"),
            Route.get(POOL + "/rollout", "GetRollout", new Only("rollout"), Watch.states("WatchRollout", "rollout")),
            Route.change("POST", POOL + "/rollout", "RolloutPool"),
            Route.get(POOL + "/revisions", "ListRevisions", new Items("revisions")),
            Route.get(WORKERS, "ListWorkers", new Items("workers"), Watch.changes("WatchWorkers", "worker")),
            Route.get(WORKER, "ListWorkers", new Newest("workers", "worker")),
            Route.change("POST", WORKER + "/restart", "RestartWorker"),
            Route.change("POST", WORKER + "/signal", "SignalWorker"),
            Route.get("/api/v1/sockets", "ListSockets", new Items("sockets"), Watch.changes("WatchSockets", "socket")),
            Route.get("/api/v1/events", "ListEvents", new Items("events"), Watch.happenings("WatchEvents", "event")),
            Route.get("/api/v1/logs", "ReadLogs", new Lines("lines"), Watch.lines("ReadLogs", "lines")),
            Route.get("/api/v1/usage", "ListUsage", new Whole()),
            Route.get("/api/v1/master", "GetMaster", new Whole()),
            Route.change("POST", "/api/v1/master/drain", "Drain"),
            Route.change("POST", "/api/v1/master/stop", "Stop"),
            Route.get("/api/v1/version", "GetVersion", new Whole()));

    private Routes() {}

    /// What a request finds.
    sealed interface Found {
        /// A route, with the values of its variables.
        record Matched(Route route, Map<String, String> variables) implements Found {}

        /// What tells about all of them.
        record Document() implements Found {}

        /// The path is there, for these verbs.
        record OtherVerb(List<String> allowed) implements Found {}

        /// REST has nothing there.
        record Nothing() implements Found {}

        /// It is not REST's.
        record NotRest() implements Found {}
    }

    /// What a request means to who decides whether it may.
    public sealed interface Meaning {
        /// A method of the control service: `drover.control.v1.ControlService/Stop`.
        record Method(String fullName) implements Meaning {}

        /// Nothing is done: there is no such path, or not with this verb.
        record Nothing() implements Meaning {}

        /// It is not REST's.
        record NotRest() implements Meaning {}
    }

    /// What a request means. Watching is as reading the same, and who may do the one may do the other.
    ///
    /// @param path as it was sent, without the query
    public static Meaning meaning(String verb, String path) {
        return switch (find(verb, path)) {
            case Found.Matched(var route, var _) ->
                new Meaning.Method(route.method().fullName());
            case Found.Document(), Found.OtherVerb(var _), Found.Nothing() -> new Meaning.Nothing();
            case Found.NotRest() -> new Meaning.NotRest();
        };
    }

    static Found find(String verb, String path) {
        if (!path.startsWith(ROOT)) {
            return new Found.NotRest();
        }
        var wanted = verb.equals(HEAD) ? GET : verb;
        if (path.equals(DOCUMENT)) {
            return wanted.equals(GET) ? new Found.Document() : new Found.OtherVerb(List.of(GET, HEAD));
        }
        var segments = segments(path);
        if (segments.isEmpty()) {
            return new Found.Nothing();
        }
        var here = ALL.stream()
                .filter(route -> route.match(segments.get()).isPresent())
                .toList();
        if (here.isEmpty()) {
            return new Found.Nothing();
        }
        return here.stream()
                .filter(route -> route.verb().equals(wanted))
                .findFirst()
                .<Found>map(route ->
                        new Found.Matched(route, route.match(segments.get()).orElseThrow()))
                .orElseGet(() -> new Found.OtherVerb(allowed(here)));
    }

    private static List<String> allowed(List<Route> here) {
        return here.stream()
                .flatMap(route -> route.isGet() ? Stream.of(GET, HEAD) : Stream.of(route.verb()))
                .toList();
    }

    /// Empty where an escape is none. Decoded after it was split, so that no name can hold a path.
    private static Optional<List<String>> segments(String path) {
        try {
            return Optional.of(Stream.of(path.split("/", -1))
                    .map(segment -> URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8))
                    .toList());
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
