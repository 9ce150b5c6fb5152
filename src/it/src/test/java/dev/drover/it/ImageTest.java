package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Container;
import dev.drover.it.fixtures.Containers;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Engine;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The container image under podman or docker: hardened as far as it goes, stopped, starved, killed inside.
@Tag("image")
class ImageTest {
    private static final int CLIENTS = 4;

    @RegisterExtension
    final Containers containers = new Containers();

    /// Mounted, so that the user of the container must be able to read it.
    @TempDir
    Path directory;

    @BeforeEach
    void letAnybodyRead() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String pool(int replicas, String template) {
        return """
                apiVersion: drover.dev/v1
                kind: WorkerPool
                metadata: {name: web}
                spec:
                  replicas: %d
                  sockets: [{name: http, port: 8080}]
                  template:
                    command: [sh, -c, 'for i in 1 2 3; do (setsid sh -c "sleep 0.3; echo orphan ends" &); done; exec "$@"', sh]
                    args: [java, -XX:+UseSerialGC, -XX:TieredStopAtLevel=1, -Xmx32m, -Xss512k,
                           --enable-native-access=ALL-UNNAMED, --sun-misc-unsafe-memory-access=allow,
                           -cp, '/opt/drover/lib/examples/*', dev.drover.examples.Hello]
                    %s
                """.formatted(replicas, template);
    }

    private static int health(Container container, String check) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + container.address(9000).getPort() + "/q/health/" + check);
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"10001", "4711", Container.ANYBODY})
    void theDefaultPoolServesAsAnyUser(String user) throws Exception {
        // given
        var container = containers.runAs(user, List.of());

        // when
        container.awaitReady(1);

        // then
        container.until("health", () -> health(container, "ready") == 200);
        assertThat(health(container, "started")).isEqualTo(200);
        assertThat(health(container, "live")).isEqualTo(200);
        assertThat(container.sh("grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/1/status"))
                .contains(user.replaceAll(":.*", ""), "CapEff:\t0000000000000000", "NoNewPrivs:\t1");
        var workers = container.exec("drover", "get", "workers", "-o", "name");
        assertThat(workers.out()).as(workers.err()).isEqualTo("worker/web-0\n");
        assertThat(container.logs()).contains("Running the default pool: there is no pool file in [/etc/drover]");
    }

    /// Whoever is asked again with the same flags, and to fail without its cache, must not fail.
    @ParameterizedTest
    @CsvSource({
        "quarkus-run.jar, master/master.aot, -jar, --version",
        "dev.drover.examples.Hello, examples/hello.aot, -cp, -version",
        "dev.drover.cli.Main, cli/cli.aot, -cp, -version"
    })
    void theAotCachesAreTakenByTheImagesJava(String program, String cache, String before, String instead) {
        // given
        var container = containers.run();
        container.awaitReady(1);
        var script = """
                drover get workers --watch >/dev/null 2>&1 &
                client=$!
                trap 'kill $client' EXIT
                found=
                until [ -n "$found" ]; do
                    for file in /proc/[0-9]*/cmdline; do
                        ! tr '\\0' '\\n' 2>/dev/null <$file | grep -q '^[^ ]*%1$s$' || found=$file
                    done
                done
                tr '\\0' '\\n' <$found | sed '/^%2$s$/,$d' >/tmp/flags
                path=$(tr '\\0' '\\n' <$found | sed -n '/^%2$s$/{n;p;}')
                set -f
                set -- $(cat /tmp/flags) -XX:AOTMode=on $MORE -Xlog:aot:stdout %2$s "$path" %3$s
                "$@" 2>&1""".formatted(program.replace(".", "\\."), before, instead);

        // when
        var log = container.exec("env", "MORE=", "sh", "-euc", script);
        var control = container.exec("env", "MORE=-XX:-UseCompactObjectHeaders", "sh", "-euc", script);

        // then
        assertThat(log.out())
                .as(log.err())
                .contains("Opened AOT cache /opt/drover/lib/" + cache)
                .doesNotContain("mismatch", "error", "Unable");
        assertThat(log.code()).as(log.out()).isZero();
        assertThat(control.code())
                .as("it tells a cache that is refused: %s", control.out())
                .isNotZero();
    }

    @Test
    void aFileOfYoursIsServedAndWhatItsWorkersLeaveIsReaped() throws Exception {
        // given
        Files.writeString(directory.resolve("pool.yaml"), pool(2, "env: [{name: VERSION, value: one}]"));

        // when
        var container = containers.run("--volume", directory.resolve("pool.yaml") + ":/etc/drover/pool.yaml:ro");
        container.awaitReady(2);

        // then
        container.until(
                "the ends of six orphans",
                () -> container
                                .logs()
                                .lines()
                                .filter(line -> line.contains("orphan ends"))
                                .count()
                        == 6);
        container.until(
                "no zombie and no orphan",
                () -> container
                        .exec("sh", "-c", "cat /proc/[0-9]*/stat | grep -E '^[0-9]+ \\((sleep|.*\\) Z )'")
                        .out()
                        .isEmpty());
        assertThat(container.logs()).doesNotContain("Worker exited");
        assertThat(container.exec("drover", "get", "pools", "-o", "yaml").out())
                .contains("VERSION", "readyReplicas: 2");
    }

    /// As the kubelet does it: a folder for each version, and one link that is swapped.
    private void mount(String version, String yaml) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve(version)).resolve("pool.yaml"), yaml);
        var link = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of(version));
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        if (!Files.exists(directory.resolve("pool.yaml"))) {
            Files.createSymbolicLink(directory.resolve("pool.yaml"), Path.of("..data/pool.yaml"));
        }
    }

    @Test
    void aSwappedConfigMapIsRolledOutAndCostsNoRequest() throws Exception {
        // given
        mount("..1", pool(2, "env: [{name: VERSION, value: one}]"));
        var container = containers.run("--volume", directory + ":/etc/drover:ro");
        container.awaitReady(2);

        // when
        try (var perConnection =
                        Loader.start(Load.perConnection(container.address(8080)).clients(CLIENTS));
                var keepAlive =
                        Loader.start(Load.keepAlive(container.address(8080)).clients(CLIENTS))) {
            perConnection.awaitAnswers(100, DroverProcess.PATIENCE);
            mount("..2", pool(2, "env: [{name: VERSION, value: two}]"));
            container.awaitLog("Rollout complete pool=web revision=2");
            perConnection.awaitAnswers(100, DroverProcess.PATIENCE);

            // then
            assertThat(List.of(perConnection.stop(), keepAlive.stop()))
                    .allSatisfy(result -> assertThat(result.failures())
                            .as("%s", result.firstFailures())
                            .isEmpty());
        }
    }

    @Test
    void nobodyIsRefusedWhileWorkersAreKilledInside() throws Exception {
        // given
        Files.writeString(directory.resolve("pool.yaml"), pool(2, ""));
        var container = containers.run("--volume", directory + ":/etc/drover:ro");
        container.awaitReady(2);

        // when
        int kills = 4;
        try (var load = Loader.start(Load.perConnection(container.address(8080)).clients(CLIENTS))) {
            for (int i = 0; i < kills; i++) {
                load.awaitAnswers(100, DroverProcess.PATIENCE);
                var ordinal = i % 2;
                var victim = container.sh("drover get workers web-" + ordinal + " | awk 'NR == 2 {print $5}'");
                container.sh("kill -9 " + victim);
                container.awaitLog("Worker ready worker=web-" + ordinal + "." + (i / 2 + 2) + " ");
            }
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures().keySet())
                    .as("only what was in a killed worker's hands may fail: %s", result.firstFailures())
                    .isSubsetOf(FailureKind.IN_HAND);
            assertThat(result.failed()).isLessThanOrEqualTo((long) kills * CLIENTS);
        }
    }

    /// It takes some 20 MB a second, of the container's 512 MiB.
    private static final String HOG = """
            ---
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata: {name: hog}
            spec:
              replicas: 1
              recycle: {maxMemoryMiB: 60}
              template:
                protocol: Systemd
                readyWhen: Started
                command: [sh, -c, 'x=; while :; do x="$x$(head -c 2000000 /dev/zero | tr "\\0" x)"; sleep 0.1; done']
            """;

    @Test
    void aWorkerThatGrowsIsReplacedBeforeTheContainersLimitAndNoOtherIsHurt() throws Exception {
        // given
        Files.writeString(directory.resolve("pool.yaml"), pool(1, "") + HOG);
        var container = containers.run("--volume", directory + ":/etc/drover:ro");
        container.awaitReady(1);

        // when
        try (var load = Loader.start(Load.perConnection(container.address(8080)).clients(CLIENTS))) {
            container.awaitLog("Worker ready worker=hog-0.5 ");
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
        assertThat(container.exec("drover", "get", "events", "--pool", "hog").out())
                .contains("WornOut")
                .doesNotContain("OOMKilled", "Failed");
        assertThat(container.logs()).doesNotContain("OOMKilled");
    }

    @Test
    void theWorkersFollowTheCpusOfTheRunningContainerAndNoRequestIsLost() throws Exception {
        // given
        Files.writeString(directory.resolve("pool.yaml"), pool(1, "").replace("  replicas: 1\n", ""));
        var container = containers.run("--volume", directory + ":/etc/drover:ro");
        container.awaitReady(1);

        // when / then
        try (var load = Loader.start(Load.perConnection(container.address(8080)).clients(CLIENTS))) {
            container.setCpus(2);
            container.until("two workers that are ready", () -> readyWorkers(container) == 2);
            container.setCpus(1);
            container.until("one of them to be gone", () -> readyWorkers(container) == 1);
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    private static long readyWorkers(Container container) {
        return container
                .sh("drover get workers --no-headers")
                .lines()
                .filter(line -> line.contains(" Ready "))
                .count();
    }

    @Test
    void whatWasAcceptedIsAnsweredWhenTheContainerIsStoppedUnderLoad() throws Exception {
        // given
        var container = containers.run("--env", "DROVER_POD_GRACE_SECONDS=30");
        container.awaitReady(1);
        container.awaitLog("Grace of the Pod too short given=30s needed=37s because=pool web");

        // when
        try (var perConnection =
                        Loader.start(Load.perConnection(container.address(8080)).clients(CLIENTS));
                var keepAlive =
                        Loader.start(Load.keepAlive(container.address(8080)).clients(CLIENTS))) {
            perConnection.awaitAnswers(100, DroverProcess.PATIENCE);
            keepAlive.awaitAnswers(100, DroverProcess.PATIENCE);
            int code = container.stop();

            // then
            assertThat(code).isZero();
            assertThat(List.of(perConnection.stop(), keepAlive.stop()))
                    .allSatisfy(result -> assertThat(result.failures().keySet())
                            .as("only who comes when the port is closed finds nobody: %s", result.firstFailures())
                            .isSubsetOf(FailureKind.CONTAINER_CLOSED));
        }
        assertThat(container.logs()).contains("Stop begins: 5 s lame duck", "Stopped cleanly");
    }

    @Test
    void aBadPoolFileIsToldWithItsLineAndEndsTheContainer() throws Exception {
        // given
        Files.writeString(directory.resolve("pool.yaml"), pool(2, "").replace("port: 8080", "port: 80800"));

        // when
        var container = containers.run("--volume", directory + ":/etc/drover:ro");

        // then
        assertThat(container.awaitExit()).isEqualTo(2);
        assertThat(container.logs()).contains("/etc/drover/pool.yaml:6: spec.sockets[0].port: ");
    }

    @Test
    void whatIsMeantForAWorkerDoesNotConfigureTheMaster() throws Exception {
        // when
        var container = containers.run(
                "--env=QUARKUS_HTTP_PORT=1",
                "--env=QUARKUS_MANAGEMENT_PORT=2",
                "--env=quarkus.management.enabled=false",
                "--env=QUARKUS_PROFILE=other",
                "--env=JAVA_TOOL_OPTIONS=-Dfor.the=worker");
        container.awaitReady(1);

        // then
        container.until("health", () -> health(container, "ready") == 200);
        assertThat(container.logs().lines().filter(line -> line.contains("Picked up JAVA_TOOL_OPTIONS")))
                .as("the worker's, and no other")
                .hasSize(1);
        var worker = container.sh("drover get workers | awk 'NR == 2 {print $5}'");
        assertThat(container.sh("tr '\\0' '\\n' </proc/" + worker + "/environ"))
                .contains(
                        "QUARKUS_HTTP_PORT=1", "quarkus.management.enabled=false", "JAVA_TOOL_OPTIONS=-Dfor.the=worker")
                .doesNotContain("DROVER_POOL_FILES");
    }

    @Test
    void theImageTellsWhatItIs() {
        // when
        var inspected = Engine.must("image", "inspect", Engine.image());

        // then
        assertThat(inspected)
                .contains(
                        "\"org.opencontainers.image.title\": \"Drover\"",
                        "\"org.opencontainers.image.licenses\": \"Apache-2.0\"",
                        "\"User\": \"10001:10001\"",
                        "/opt/drover/bin/drover");
    }
}
