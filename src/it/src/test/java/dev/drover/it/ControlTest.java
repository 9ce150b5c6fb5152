package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// The client's verbs and the health of a real master.
@Tag("slow")
class ControlTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void theVerbsShowStopAndRestart() throws Exception {
        // given
        var pool = Pools.hello(2);
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 2);

        // when / then
        assertThat(drover(master, "get", "pools").out()).containsPattern("web +2/2");
        assertThat(drover(master, "get", "workers", "-o", "name").out()).contains("web-0", "web-1");
        assertThat(drover(master, "get", "sockets", "-o", "wide").out())
                .contains("Sharded", "127.0.0.1:" + pool.address().getPort());
        assertThat(drover(master, "get", "pools", "web", "-o", "yaml").out())
                .contains("kind: WorkerPool", "terminationGracePeriodSeconds: 30", "readyReplicas: 2");
        assertThat(drover(master, "version").out()).contains("Linux");
        assertThat(drover(master, "get", "pools", "nobody").code()).isEqualTo(3);
        assertThat(drover(master, "restart", "worker", "web-9").code()).isEqualTo(3);
        assertThat(drover(master, "restart", "worker", "web-1").code()).isZero();
        master.until(
                "another incarnation of web-1",
                () -> master.workers().stream()
                        .anyMatch(worker -> worker.worker().equals("web-1") && worker.incarnation() == 2));
        assertThat(drover(master, "stop").code()).isZero();
        assertThat(master.awaitExit()).isZero();
        assertThat(drover(master, "get", "pools").code()).isEqualTo(4);
    }

    @Test
    void readyMeansThatThePoolsHaveTheirWorkersAndLiveNeverDependsOnThem() throws Exception {
        // given
        int port = Pools.freePort();
        var pool = Pools.systemd(1, "sleep", "1000");
        var master = drovers.run("-f", pool.write(directory).toString(), "--management-address", "127.0.0.1:" + port);
        master.awaitLog("Worker started");

        // when
        try (var client = HttpClient.newHttpClient()) {
            // then
            assertThat(status(client, port, "started")).isEqualTo(200);
            assertThat(status(client, port, "live")).isEqualTo(200);
            assertThat(status(client, port, "ready")).isEqualTo(503);
        }
    }

    private static int status(HttpClient client, int port, String what) throws IOException, InterruptedException {
        var uri = URI.create("http://127.0.0.1:" + port + "/q/health/" + what);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void everyLineOfAJsonLogIsAnObject() throws Exception {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "echo hello from a worker; exec sleep 1000");

        // when
        var master = drovers.run("-f", pool.write(directory).toString(), "--log-format", "json");
        master.awaitLog("hello from a worker");
        master.awaitLog("\"reason\":\"Started\",\"type\":\"Normal\",\"kind\":\"Worker\",\"name\":\"web-0\"");

        // then
        assertThat(master.stdout().lines()).isNotEmpty().allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(master.stdout().lines())
                .anySatisfy(line -> assertThat(line).contains("hello from a worker", "\"worker\":\"web-0\""));
    }

    @Test
    void theMasterIsNotConfiguredByWhatIsMeantForItsWorkers() {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "echo got $QUARKUS_HTTP_PORT $JAVA_TOOL_OPTIONS; exec sleep 1000");

        // when
        var master = drovers.run(
                java.util.Map.of("QUARKUS_HTTP_PORT", "1", "JAVA_TOOL_OPTIONS", "-Dfoo=bar"),
                "-f",
                pool.write(directory).toString());

        // then
        master.awaitLog("got 1 -Dfoo=bar");
        assertThat(master.stderr() + master.stdout()).doesNotContain("Picked up", "Unrecognized configuration");
    }
}
