package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.master.ChangeAnswer;
import dev.drover.master.fixtures.FakeControls;
import dev.drover.master.fixtures.Snapshots;
import dev.drover.poolfile.WorkerPools;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.OutputPolicy;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.journal.Event.Subject;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.output.OutputPump;
import dev.drover.supervisor.pool.RolloutStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// REST from the socket to the real control service and back.
class RestTest {
    private final FakeControls controls = new FakeControls(true, true);
    private final RestServer server = new RestServer(controls);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void listsAreWhatGetWrites() throws Exception {
        // when
        var answer = server.get("/api/v1/pools");

        // then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "content-type")).isEqualTo("application/json");
        assertThat(header(answer, "cache-control")).isEqualTo("no-store");
        assertThat(header(answer, "x-content-type-options")).isEqualTo("nosniff");
        assertThat(answer.body())
                .startsWith("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"List\",\n  \"metadata\": {\n"
                        + "    \"resourceVersion\": \"")
                .contains("\"kind\": \"WorkerPool\"");
    }

    @Test
    void listOfEventsTellsFromWhereToReadOn() throws Exception {
        assertThat(server.get("/api/v1/events").body())
                .contains("\"metadata\": {\n    \"resourceVersion\": \"0\"\n  }");
    }

    @Test
    void resourceIsWhatGetWritesAndHasATag() throws Exception {
        // when
        var answer = server.get("/api/v1/pools/web");

        // then
        assertThat(answer.body()).startsWith("{\n  \"apiVersion\": \"drover.dev/v1\",\n  \"kind\": \"WorkerPool\"");
        var tag = header(answer, "etag");
        assertThat(tag).startsWith("\"").endsWith("\"");
        var known = server.send(server.request("/api/v1/pools/web").header("if-none-match", tag));
        assertThat(known.statusCode()).isEqualTo(304);
        assertThat(known.body()).isEmpty();
    }

    @Test
    void workerIsItsNewestIncarnation() throws Exception {
        assertThat(server.get("/api/v1/workers/web-0").body())
                .startsWith("{\n  \"name\": \"web-0\"")
                .contains("\"incarnation\": 2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v1/pools/web/rollout",
                "/api/v1/pools/web/revisions",
                "/api/v1/workers",
                "/api/v1/sockets",
                "/api/v1/master",
                "/api/v1/version",
                "/api/v1/logs?pool=web",
                "/api/v1/pools?labelSelector=team%3Dshop"
            })
    void everythingElseCanBeRead(String path) throws Exception {
        // when
        var answer = server.get(path);

        // then
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).startsWith("{").endsWith("}\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v1/pools/nobody, 404, POOL_NOT_FOUND",
        "/api/v1/workers/web-9, 404, WORKER_NOT_FOUND",
        "/api/v1/workers?pool=nobody, 404, POOL_NOT_FOUND",
        "/api/v1/nothing, 404, PATH_NOT_FOUND",
        "/api/v1/pools/, 404, PATH_NOT_FOUND",
        "/api/v1/pools/%2e%2e, 404, POOL_NOT_FOUND",
        "/api/v2/pools, 404, PATH_NOT_FOUND",
        "/api/, 404, PATH_NOT_FOUND",
        "/api/v1/logs, 400, FIELD_REQUIRED",
        "/api/v1/logs?pool=web&worker=web-0, 400, FIELD_INVALID",
        "/api/v1/logs?pool=web&tail=many, 400, FIELD_INVALID",
        "/api/v1/logs?pool=web&previous=1, 400, FIELD_INVALID",
        "/api/v1/pools?limit=3, 400, FIELD_INVALID",
        "/api/v1/workers?pool=web&pool=api, 400, FIELD_INVALID",
        "/api/v1/usage?watch=true, 400, FIELD_INVALID",
        "/api/v1/pools?watch=true&resourceVersion=x, 400, FIELD_INVALID",
        "/api/v1/events?watch=true&resourceVersion=9, 410, EXPIRED",
        "/api/v1/pools/nobody/rollout?watch=true, 404, POOL_NOT_FOUND",
    })
    void whatCannotBeAnsweredIsAProblem(String path, int status, String reason) throws Exception {
        // when
        var answer = server.get(path);

        // then
        assertProblem(answer, status, reason);
    }

    @Test
    void escapeThatIsNoneIsRefused() throws Exception {
        assertThat(raw("GET /api/v1/workers?pool=%zz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ")
                .contains("QUERY_INVALID");
    }

    @Test
    void problemTellsWhatItIsAbout() throws Exception {
        assertThat(server.get("/api/v1/pools/nobody").body()).isEqualTo("""
                        {
                          "type": "about:blank",
                          "title": "Not Found",
                          "status": 404,
                          "detail": "no pool nobody",
                          "reason": "POOL_NOT_FOUND",
                          "metadata": {
                            "pool": "nobody"
                          }
                        }
                        """);
    }

    @Test
    void otherVerbsAreToldWhichThereAre() throws Exception {
        // when
        var answer = server.send("PATCH", "/api/v1/pools/web", "{}");

        // then
        assertProblem(answer, 405, "METHOD_NOT_ALLOWED");
        assertThat(header(answer, "allow")).isEqualTo("GET, HEAD, DELETE");
    }

    @Test
    void headHasNoBody() throws Exception {
        // when
        var answer = server.send(
                server.request("/api/v1/pools?watch=true").method("HEAD", HttpRequest.BodyPublishers.noBody()));

        // then
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/v1/pools | text/html",
                "/api/v1/pools | application/json;q=0",
                "/api/v1/pools?watch=true | application/json",
                "/api/v1/version | text/event-stream"
            })
    void whoReadsSomethingElseIsTold(String path, String accept) throws Exception {
        assertProblem(server.send(server.request(path).header("accept", accept)), 406, "NOT_ACCEPTABLE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "*/*", "text/html, application/xhtml+xml, */*;q=0.8", "application/*"})
    void whoReadsAnythingReadsJson(String accept) throws Exception {
        // given
        var request = server.request("/api/v1/version");
        if (!accept.isEmpty()) {
            request.header("accept", accept);
        }

        // when / then
        assertThat(server.send(request).statusCode()).isEqualTo(200);
    }

    @Test
    void bodyIsTheRequest() throws Exception {
        // when
        var scaled = server.send("PUT", "/api/v1/pools/web/scale", "{\"replicas\": 4, \"resourceVersion\": \"7\"}");
        var ordered = server.send("POST", "/api/v1/pools/web/rollout", "{\"undo\": {\"toRevision\": 2}}");

        // then
        assertThat(scaled.body()).contains("\"previousReplicas\": 4");
        assertThat(ordered.body()).contains("\"revision\": 3");
        assertThat(controls.told()).containsExactly("scale web 4 7", "rollout web Undo[toRevision=OptionalInt[2]]");
    }

    @Test
    void parametersDoWithoutABody() throws Exception {
        // when
        var scaled =
                server.send(server.request("/api/v1/pools/web/scale?replicas=4").PUT(none()));
        var restarted =
                server.send(server.request("/api/v1/workers/web-0/restart").POST(none()));
        var deleted = server.send(server.request("/api/v1/pools/web").DELETE());
        var signalled = server.send(
                server.request("/api/v1/workers/web-0/signal?signal=USR1").POST(none()));
        var drained = server.send(server.request("/api/v1/master/drain").POST(none()));

        // then
        assertThat(List.of(scaled, restarted, deleted, signalled, drained))
                .allSatisfy(answer ->
                        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200));
        assertThat(restarted.body()).isEqualTo("{}\n");
        assertThat(signalled.body()).contains("\"pid\": 77");
        assertThat(drained.body()).contains("\"killed\": 1");
        assertThat(controls.told())
                .startsWith("scale web 4 ", "restart web-0", "delete web")
                .endsWith("drain");
    }

    @Test
    void poolsAreAppliedAsJsonAndAsAPoolFile() throws Exception {
        // given
        var pool = Snapshots.written();
        var json = "{\"pools\": [" + WorkerPools.toJson(pool) + "]}";

        // when
        var planned = server.send("POST", "/api/v1/pools:apply?dryRun=true", json);
        var applied = server.send(server.request("/api/v1/pools:apply")
                .header("content-type", "application/yaml; charset=utf-8")
                .POST(HttpRequest.BodyPublishers.ofString(WorkerPools.toYaml(pool))));

        // then
        assertThat(planned.statusCode()).as(planned.body()).isEqualTo(200);
        assertThat(applied.statusCode()).as(applied.body()).isEqualTo(200);
        assertThat(controls.told()).containsExactly("plan web 60", "apply web 60");
    }

    @Test
    void everyWrongFieldIsTold() throws Exception {
        // when
        var answer = server.send(
                "POST",
                "/api/v1/pools:apply",
                "{\"pools\": [{\"kind\": \"WorkerPool\", \"metadata\": {\"name\": \"a_b\"}}]}");
        var file = server.send(server.request("/api/v1/pools:apply")
                .header("content-type", "application/yaml")
                .POST(HttpRequest.BodyPublishers.ofString("kind: WorkerPool\nspec: {replicas: many}\n")));

        // then
        assertProblem(answer, 400, "FIELD_INVALID");
        assertThat(answer.body())
                .contains("\"violations\": [", "\"pools[0].metadata.name\"", "\"pools[0].apiVersion\"");
        assertProblem(file, 400, "FIELD_INVALID");
        assertThat(file.body()).contains("line 2: spec.replicas", "\"field\": \"spec.replicas\"");
        assertThat(controls.told()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"replicas\": 4 | BODY_INVALID",
                "{\"replica\": 4} | BODY_INVALID",
                "[] | BODY_INVALID",
                "{\"name\": \"api\", \"replicas\": 4} | FIELD_INVALID",
                "{} | FIELD_REQUIRED",
                "{\"replicas\": -1} | FIELD_INVALID",
            })
    void bodyThatIsNotTheRequestIsRefused(String body, String reason) throws Exception {
        // when
        var answer = server.send("PUT", "/api/v1/pools/web/scale", body);

        // then
        assertProblem(answer, 400, reason);
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void bodyThatIsNoTextIsRefused() throws Exception {
        // when
        var answer = server.send(server.request("/api/v1/pools/web/scale")
                .header("content-type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[] {'{', (byte) 0xff, '}'})));

        // then
        assertProblem(answer, 400, "BODY_INVALID");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "text/plain", "application/yaml", ""})
    void bodyOfAnotherTypeIsRefused(String type) throws Exception {
        // given
        var request = server.request("/api/v1/pools/web/scale").PUT(HttpRequest.BodyPublishers.ofString("replicas=4"));
        if (!type.isEmpty()) {
            request.header("content-type", type);
        }

        // when / then
        assertProblem(server.send(request), 415, "TYPE_NOT_SUPPORTED");
    }

    @Test
    void compressedBodyIsRefused() throws Exception {
        // when
        var answer = server.send(server.request("/api/v1/pools/web/scale")
                .header("content-type", "application/json")
                .header("content-encoding", "gzip")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"replicas\": 4}")));

        // then
        assertProblem(answer, 415, "TYPE_NOT_SUPPORTED");
    }

    @Test
    void bodyThatIsTooLargeIsRefusedWhetherItSaysSoOrNot() throws Exception {
        // when / then
        assertThat(raw("PUT /api/v1/pools/web/scale HTTP/1.1\r\nhost: a\r\ncontent-length: 1048577\r\n\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("BODY_TOO_LARGE");
        assertThat(raw("PUT /api/v1/pools/web/scale HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
                        + "100001\r\n" + " ".repeat(0x100001) + "\r\n"))
                .startsWith("HTTP/1.1 413 ")
                .contains("BODY_TOO_LARGE");
        assertThat(controls.told()).isEmpty();
    }

    @Test
    void bodiesThatWereRefusedHoldNoPlace() throws Exception {
        // given
        for (int i = 0; i <= 64; i++) {
            var refused = raw("PUT /api/v1/pools/web/scale HTTP/1.1\r\nhost: a\r\ncontent-length: 1048577\r\n\r\n");
            assertThat(refused).contains("BODY_TOO_LARGE");
        }

        // when / then
        assertThat(server.get("/api/v1/pools").statusCode()).isEqualTo(200);
    }

    @Test
    void bodyIsAwaitedWhenItsSenderWantsToKnow() throws Exception {
        assertThat(raw("PUT /api/v1/pools/web/scale HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n"
                        + "connection: close\r\nexpect: 100-continue\r\ncontent-length: 13\r\n\r\n{\"replicas\":4"))
                .startsWith("HTTP/1.1 100 Continue\r\n");
    }

    /// Says that and reads until the end.
    private String raw(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void changeCanDependOnWhatWasRead() throws Exception {
        // given
        controls.answer = new ChangeAnswer.Stale("web", "7", Optional.of("8"));
        var byTag = server.request("/api/v1/pools/web/scale?replicas=4").header("if-match", "\"7\"");
        var byField = server.request("/api/v1/pools/web/scale?replicas=4&resourceVersion=7");
        var elsewhere = server.request("/api/v1/pools/web").header("if-match", "\"7\"");
        var weak = server.request("/api/v1/pools/web/scale?replicas=4").header("if-match", "W/\"7\"");

        // when / then
        assertProblem(server.send(byTag.PUT(none())), 412, "RESOURCE_VERSION_STALE");
        assertProblem(server.send(byField.PUT(none())), 409, "RESOURCE_VERSION_STALE");
        assertProblem(server.send(elsewhere.DELETE()), 400, "FIELD_INVALID");
        assertProblem(server.send(weak.PUT(none())), 400, "FIELD_INVALID");
        assertThat(controls.told()).containsExactly("scale web 4 7", "scale web 4 7");
    }

    @Test
    void watchTellsWhatThereIsAndEveryChangeAndCanBeResumed() throws Exception {
        // given
        String bookmark;
        try (var events = server.events(server.request("/api/v1/pools?watch=true"))) {
            assertThat(events.next().type()).isEqualTo("ADDED");
            var mark = events.next();
            assertThat(mark.type()).isEqualTo("BOOKMARK");
            assertThat(mark.data()).isEqualTo("{}");
            bookmark = mark.id();
        }

        // when
        controls.available = false;
        try (var events =
                server.events(server.request("/api/v1/pools?watch=true").header("last-event-id", bookmark))) {

            // then
            var change = events.next();
            assertThat(change.type()).isEqualTo("MODIFIED");
            assertThat(change.id()).isNotEqualTo(bookmark);
            assertThat(change.data()).startsWith("{\"apiVersion\":\"drover.dev/v1\"");
        }
    }

    @ParameterizedTest
    @CsvSource({"pools, MODIFIED", "workers, DELETED", "sockets, DELETED"})
    void watchGoesOnWhereAListEnded(String kind, String change) throws Exception {
        // given
        var list = server.get("/api/v1/" + kind).body();
        var version = Pattern.compile("\"resourceVersion\": \"([0-9]+)\"").matcher(list);
        assertThat(version.find()).isTrue();

        // when
        if (kind.equals("pools")) {
            controls.available = false;
        } else {
            controls.gone = true;
        }

        // then: the change and nothing that stood in the list
        var watch = server.request("/api/v1/" + kind + "?watch=true&resourceVersion=" + version.group(1));
        try (var events = server.events(watch)) {
            assertThat(events.next().type()).isEqualTo(change);
        }
    }

    @Test
    void eventsAreWatchedByWhoAcceptsThemAndFromWhereTheListEnds() throws Exception {
        // given
        try (var events = server.events(
                server.request("/api/v1/events?resourceVersion=0").header("accept", "text/event-stream"))) {

            // when
            controls.journal().record(Subject.MASTER, Reason.FILES_READ, "one");

            // then
            var event = events.next();
            assertThat(event.type()).isEqualTo("ADDED");
            assertThat(event.id()).isEqualTo("1");
            assertThat(event.data()).contains("\"message\":\"one\"");
        }
    }

    @Test
    void watchWithNothingToTellHasBegun() throws Exception {
        // when / then
        try (var events = server.events(server.request("/api/v1/events?watch=true"))) {
            assertThat(events).isNotNull();
        }
    }

    @Test
    void streamTellsItsEndAndWhy() throws Exception {
        // given
        controls.rollout = new RolloutStatus.Progressing(2, "Waiting");
        try (var events = server.events(server.request("/api/v1/pools/web/rollout?watch=true"))) {
            assertThat(events.next().type()).isEqualTo("MODIFIED");

            // when
            controls.gone = true;

            // then
            var error = events.next();
            assertThat(error.type()).isEqualTo("ERROR");
            assertThat(error.data()).contains("\"reason\":\"POOL_NOT_FOUND\"");
            assertThat(events.isOver()).isTrue();
        }
    }

    @Test
    void streamThatIsCompleteSaysSo() throws Exception {
        // given
        controls.rollout = new RolloutStatus.Complete(2, "done");

        // when
        try (var events = server.events(server.request("/api/v1/pools/web/rollout?watch=true"))) {

            // then
            assertThat(events.next().type()).isEqualTo("MODIFIED");
            assertThat(events.next()).isEqualTo(new RestServer.Event("END", "", "{}"));
            assertThat(events.isOver()).isTrue();
        }
    }

    @Test
    void watchesAreBoundedAndOneThatIsLeftMakesRoom() throws Exception {
        // given
        List<Future<RestServer.Events>> open;
        try (var readers = Executors.newVirtualThreadPerTaskExecutor()) {
            open = readers.invokeAll(Collections.nCopies(
                    Watches.MAX_WATCHES, () -> server.events(server.request("/api/v1/events?watch=true"))));
        }

        // when
        var refused = server.get("/api/v1/events?watch=true");
        for (var events : open) {
            events.get().close();
        }

        // then
        assertProblem(refused, 429, "TOO_MANY_WATCHES");
        awaitRoom();
    }

    /// That a reader has left is seen when it is written to next.
    private void awaitRoom() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (server.get("/api/v1/logs?pool=web").statusCode() != 200) {
            assertThat(System.nanoTime() - end).as("waited in vain").isNegative();
        }
    }

    @Test
    void linesAreOneListOrEventsAsTheyCome() throws Exception {
        // given
        try (var pump = new OutputPump(_ -> {}, () -> Snapshots.NOW);
                var worker = pump.attach(new Incarnation(new WorkerId("web", 0), 1), OutputPolicy.DEFAULT)) {
            controls.log = pump.log();
            worker.capture().started(77);
            worker.stdout().write(ByteBuffer.wrap("one\ntwo\n".getBytes(StandardCharsets.UTF_8)));

            // when
            try (var events = server.events(server.request("/api/v1/logs?worker=web-0&follow=true"))) {

                // then
                assertThat(events.next().data()).contains("\"text\":\"one\"");
                assertThat(events.next().type()).isEqualTo("LINE");
                assertThat(server.get("/api/v1/logs?worker=web-0").body())
                        .startsWith(
                                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"metadata\":{},\"items\":[\n{\"worker\":\"web-0\"")
                        .contains("\"text\":\"one\"},\n{")
                        .endsWith("\"text\":\"two\"}\n]}\n");
            }
        }
    }

    private static HttpRequest.BodyPublisher none() {
        return HttpRequest.BodyPublishers.noBody();
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String reason) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(header(answer, "content-type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).contains("\"status\": " + status, "\"reason\": \"" + reason + "\"");
    }

    private static String header(HttpResponse<String> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
