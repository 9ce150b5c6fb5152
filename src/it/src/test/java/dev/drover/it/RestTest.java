package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand;
import dev.drover.it.fixtures.Curl;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// REST of a real master, by curl.
@Tag("slow")
class RestTest {
    private static final int GARBAGE = 40;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess master(int replicas) {
        var pool = Pools.hello(replicas);
        var master = drovers.run("-f", pool.write(directory).toString(), "--control-address", "127.0.0.1:0");
        master.awaitReady(pool.address(), replicas);
        return master;
    }

    private static String[] bearer(DroverProcess master, String... more) throws IOException {
        var options = new ArrayList<>(List.of(more));
        options.addAll(List.of("-H", "authorization: Bearer " + Curl.token(master)));
        return options.toArray(String[]::new);
    }

    @Test
    void itTellsWhatTheCommandTellsByBothWays() throws Exception {
        // given
        var master = master(1);

        // when / then
        for (var curl : List.of(Curl.tcp(master), Curl.unix(master))) {
            // Until nothing changes between the two looks.
            master.until("the same told twice", () -> {
                var told = ClientCommand.drover(master, "get", "pools", "web", "-o", "json")
                        .out();
                return told.contains("\"kind\": \"WorkerPool\"")
                        && curl.ask("/api/v1/pools/web").body().equals(told);
            });
        }
        assertThat(Curl.tcp(master).ask("/api/v1/openapi.json").body()).startsWith("{\n  \"openapi\": \"3.1.0\"");
        assertThat(Curl.tcp(master).ask("/api/v1/usage").body()).contains("\"rssBytes\": ");
    }

    @Test
    void watchShowsADeathAndCanBeResumed() throws Exception {
        // given
        var master = master(2);
        var victim = master.workers().getFirst();
        String resumeAt;
        try (var watch = Curl.tcp(master).watch("/api/v1/workers?watch=true")) {
            var bookmark = watch.next("event: BOOKMARK");
            resumeAt = bookmark.lines()
                    .filter(line -> line.startsWith("id: "))
                    .findFirst()
                    .orElseThrow()
                    .substring(4);

            // when
            Procs.signal(victim.pid(), "KILL");

            // then
            watch.next("\"name\":\"" + victim.worker() + "\"", "\"incarnation\":2", "WORKER_STATE_READY");
        }
        try (var resumed = Curl.tcp(master).watch("/api/v1/workers?watch=true", "-H", "last-event-id: " + resumeAt)) {
            resumed.next("\"name\":\"" + victim.worker() + "\"", "\"incarnation\":2", "WORKER_STATE_READY");
        }
        try (var events = Curl.tcp(master).watch("/api/v1/events", "-H", "accept: text/event-stream")) {
            events.next("event: ADDED", victim.worker(), "SIGKILL");
        }
    }

    @Test
    void readingNeedsNoTokenAndChangingDoes() throws Exception {
        // given
        var master = master(1);
        var curl = Curl.tcp(master);
        var scale = "/api/v1/pools/web/scale?replicas=2";

        // when
        var without = curl.ask(scale, "-X", "PUT");
        var wrong = curl.ask(scale, "-X", "PUT", "-H", "authorization: Bearer nonsense");
        var with = curl.ask(scale, bearer(master, "-X", "PUT"));
        var socket = Curl.unix(master).ask("/api/v1/workers/web-0/restart", "-X", "POST");

        // then
        for (var refused : List.of(without, wrong)) {
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.head()).contains("application/problem+json");
            assertThat(refused.body()).contains("TOKEN_REQUIRED", "drover.control.v1.ControlService/ScalePool");
        }
        assertThat(with.status()).as(with.body()).isEqualTo(200);
        assertThat(with.body()).contains("\"previousReplicas\": 1");
        assertThat(socket.status()).as(socket.body()).isEqualTo(200);
        master.awaitWorkers(2);
    }

    @Test
    void whoComesFromElsewhereIsRefusedEvenWithTheToken() throws Exception {
        // given
        var master = master(1);
        var curl = Curl.tcp(master);

        // when / then
        for (var path : List.of("/", "/api/v1/pools", "/api/v1/openapi.json")) {
            for (var header : List.of("host: evil.example", "origin: http://evil.example", "origin: null")) {
                var answer = curl.ask(path, bearer(master, "-H", header));
                assertThat(answer.status()).as(path + " " + header).isEqualTo(403);
                assertThat(answer.body()).contains("\"reason\": \"FOREIGN\"");
            }
        }
        assertThat(curl.ask("/").head()).doesNotContainIgnoringCase("access-control-allow-origin");
    }

    @Test
    void garbageIsRefusedAndDisturbsNobody() throws Exception {
        // given
        var master = master(1);
        var curl = Curl.tcp(master);
        var random = new Random(11);

        // What is needed for the first time stays open.
        curl.ask("/api/v1/pools:apply", bearer(master, "-d", "{", "-H", "content-type: application/json"));
        curl.ask("/api/v1/pools:apply", bearer(master, "-d", "{", "-H", "content-type: application/yaml"));
        int before = master.descriptorsWithSessions(1);

        // when
        for (int i = 0; i < GARBAGE; i++) {
            var bytes = new byte[1 + random.nextInt(100_000)];
            random.nextBytes(bytes);
            var file = Files.write(directory.resolve("garbage"), bytes);
            var answer = curl.ask(
                    i % 2 == 0 ? "/api/v1/pools:apply" : "/api/v1/pools/web/rollout",
                    bearer(
                            master,
                            "--data-binary",
                            "@" + file,
                            "-H",
                            "content-type: application/" + (i % 4 == 0 ? "yaml" : "json")));

            // then
            assertThat(answer.status()).isIn(400, 415);
            assertThat(answer.head()).contains("application/problem+json");
        }
        var large = Files.write(directory.resolve("large"), new byte[2 << 20]);
        assertThat(curl.ask("/api/v1/pools:apply", bearer(master, "--data-binary", "@" + large))
                        .status())
                .isEqualTo(413);
        assertThat(curl.ask("/api/v1/pools").status()).isEqualTo(200);
        assertThat(master.workers()).hasSize(1);
        master.until("the descriptors to be as before", () -> Procs.openDescriptors(master.pid()) <= before);
    }

    @Test
    void poolFileIsAppliedAndDeletedAndLinesAreRead() throws Exception {
        // given
        var master = master(1);
        var curl = Curl.tcp(master);
        var other = Pools.systemd(1, "sh", "-c", "echo hello from jobs; exec sleep 1000")
                .named("jobs");
        var file = Files.writeString(directory.resolve("jobs.yaml"), other.yaml());
        var yaml = bearer(master, "--data-binary", "@" + file, "-H", "content-type: application/yaml");

        // when
        var planned = curl.ask("/api/v1/pools:apply?dryRun=true", yaml);
        var applied = curl.ask("/api/v1/pools:apply", yaml);

        // then
        assertThat(planned.body()).contains("\"pool jobs: ");
        assertThat(applied.body()).isEqualTo(planned.body());
        try (var lines = Curl.tcp(master).watch("/api/v1/logs?pool=jobs&follow=true")) {
            assertThat(lines.next()).startsWith("event: LINE").contains("hello from jobs");
        }
        assertThat(curl.ask("/api/v1/logs?pool=jobs").body()).contains("\"text\":\"hello from jobs\"");
        assertThat(curl.ask("/api/v1/pools/jobs", bearer(master, "-X", "DELETE"))
                        .status())
                .isEqualTo(200);
        master.until(
                "pool jobs to be gone", () -> curl.ask("/api/v1/pools/jobs").status() == 404);
    }
}
