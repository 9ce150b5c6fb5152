package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.protocol.control.v1.WorkerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What goes wrong is told in one clear line, with the documented exit code, and nothing is left behind.
@Tag("slow")
class FailureTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private void assertRefused(DroverProcess drover, int code, String line) {
        assertThat(drover.awaitExit()).isEqualTo(code);
        assertThat((drover.stderr() + drover.stdout()).lines().filter(text -> text.contains(line)))
                .as("%s in:%n%s%n%s", line, drover.stderr(), drover.stdout())
                .hasSize(1);
    }

    @Test
    void aPortInUseIsToldBeforeAnyFork() throws Exception {
        // given
        var pool = Pools.hello(2);
        try (var other = new ServerSocket()) {
            other.bind(pool.address());

            // when
            var drover = drovers.run("-f", pool.write(directory).toString());

            // then
            assertRefused(drover, 1, "EADDRINUSE");
            assertThat(drover.stdout() + drover.stderr()).doesNotContain("Worker started");
        }
    }

    @Test
    void aPortOfAnotherDroverOfTheSameUserIsInUse() {
        // given
        var pool = Pools.hello(1);
        var first = drovers.run("-f", pool.write(directory).toString());
        first.awaitReady(pool.address(), 1);

        // when
        var second = drovers.run("-f", pool.write(directory).toString());

        // then
        assertRefused(second, 1, "EADDRINUSE");
    }

    @Test
    void twoMastersNeverShareARunDirectory() {
        // given
        var pool = Pools.hello(1);
        var first = drovers.run("-f", pool.write(directory).toString());
        first.awaitReady(pool.address(), 1);

        // when
        var second = drovers.run(
                Map.of("DROVER_RUN_DIR", first.runDirectory().toString()),
                "-f",
                pool.write(directory).toString());

        // then
        assertRefused(second, 1, "another Drover (pid " + first.pid() + ")");
    }

    @Test
    void aRunDirectoryWhosePathIsTooLongIsTold() {
        // given
        var deep = directory.resolve("d".repeat(100)).toString();

        // when
        var drover = drovers.run(
                Map.of("DROVER_RUN_DIR", deep),
                "-f",
                Pools.hello(1).write(directory).toString());

        // then
        assertRefused(drover, 1, "cannot use run directory " + deep);
    }

    @Test
    void everyProblemOfEveryFileIsTold() throws Exception {
        // given
        var good = Pools.hello(1);
        Files.writeString(directory.resolve("a.yaml"), good.yaml().replace("port: ", "prot: "));
        Files.writeString(directory.resolve("b.yaml"), good.yaml().replace("replicas: 1", "replicas: -1"));

        // when
        var drover = drovers.run("-f", directory.toString());

        // then
        assertThat(drover.awaitExit()).isEqualTo(2);
        assertThat(drover.stderr().lines().toList())
                .anySatisfy(line -> assertThat(line).matches(".*a\\.yaml:\\d+: spec\\.sockets\\[0]\\.prot: .*"))
                .anySatisfy(line -> assertThat(line).matches(".*b\\.yaml:\\d+: spec\\.replicas: .*"))
                .anySatisfy(line -> assertThat(line).contains("metadata.name"));
    }

    @Test
    void aFileThatIsNoYamlAndAFlagThatIsNoneAreUsageErrors() throws Exception {
        // given
        Files.writeString(directory.resolve("bad.yaml"), "spec: [\n");

        // when
        var badFile = drovers.run("-f", directory.resolve("bad.yaml").toString());
        var badFlag = drovers.run("--no-such-flag");

        // then
        assertThat(badFile.awaitExit()).isEqualTo(2);
        assertThat(badFile.stderr()).contains("bad.yaml:");
        assertThat(badFlag.awaitExit()).isEqualTo(2);
        assertThat(badFlag.stderr()).contains("--no-such-flag");
    }

    @Test
    void aCommandThatIsNotThereIsToldAndTriedAgain() {
        // given
        var pool = Pools.hello(1).command("/no/such/program");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitLog("/no/such/program");

        // then
        assertThat(drover.stdout() + drover.stderr()).contains("ENOENT");
    }

    @Test
    void aFileThatIsNoProgramIsToldAndTriedAgain() throws Exception {
        // given
        var file = Files.writeString(directory.resolve("not-a-program"), "text").toString();
        var drover = drovers.run("-f", Pools.systemd(1, file).write(directory).toString());

        // when
        drover.awaitLog("Worker not started");

        // then
        assertThat(drover.stdout()).contains("EACCES (Permission denied)");
    }

    @Test
    void aWorkerThatIsNeverReadyIsTold() {
        // given
        var pool = Pools.systemd(1, "sleep", "1000").spec("progressDeadlineSeconds: 1");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitLog("ProgressDeadlineExceeded");

        // then
        assertThat(drover.stdout())
                .contains("No worker of revision 1 became available for 1 s; 0 of 1 are. Not ready: web-0.1.");
    }

    @Test
    void aWorkerThatExitsAtOnceBacksOff() {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "echo a last word; exit 3");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitLog("exited with code 3");

        // then
        try (var control = Control.of(drover)) {
            drover.until(
                    "a back-off with the reason",
                    () -> control.workers().stream()
                            .anyMatch(worker -> worker.getState() == WorkerState.WORKER_STATE_BACKING_OFF
                                    && worker.getLastExit().getCode() == 3
                                    && worker.getLastExit().getLastLinesList().contains("a last word")));
        }
    }

    private static final String LIMITED = "restart: {initialDelaySeconds: 0.05, maxRestarts: 3, windowSeconds: 30";

    @Test
    void aWorkerThatFailsTooOftenIsGivenUpAndEndsTheMaster() {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "exit 3").spec(LIMITED + "}");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        int code = drover.awaitExit();

        // then
        assertThat(code).isEqualTo(5);
        assertThat(drover.stdout())
                .contains("Worker given up worker=web-0: it has failed too often", "pool web has failed for good")
                .contains("worker=web-0.4")
                .doesNotContain("worker=web-0.5");
    }

    @Test
    void aMasterThatIsToStayIsNotReadyUntilTheWorkerIsAskedForAgain() throws Exception {
        // given
        var gate = directory.resolve("gate");
        var pool = Pools.systemd(
                        1, "sh", "-c", "test -e " + gate + " || exit 3; exec python3 " + Pools.program("serve.py"))
                .spec(LIMITED + ", onFailure: Stay}");
        var drover = drovers.run("-f", pool.write(directory).toString(), "--management-address", "127.0.0.1:0");
        drover.awaitLog("Worker given up");
        var port = Pattern.compile("management 127\\.0\\.0\\.1:(\\d+)").matcher(drover.stdout());
        assertThat(port.find()).isTrue();
        var ready = URI.create("http://127.0.0.1:" + port.group(1) + "/q/health/ready");

        // when
        assertThat(drover(drover, "get", "workers").out()).contains("Failed");
        assertThat(drover(drover, "get", "pool", "web", "-o", "yaml").out()).contains("reason: Failed");
        assertThat(statusOf(ready)).isEqualTo(503);
        Files.createFile(gate);
        assertThat(drover(drover, "restart", "worker", "web-0").code()).isZero();

        // then
        drover.awaitReady(pool.address(), 1);
        drover.until("the master to be ready", () -> statusOf(ready) == 200);
    }

    private static int statusOf(URI address) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void aPrivilegedPortIsToldWithWhatHelps() throws Exception {
        // given
        var pool = Pools.hello(1);
        var yaml = pool.yaml().replaceAll("port: \\d+", "port: 81");
        Files.writeString(directory.resolve("pool.yaml"), yaml);

        // when
        var drover =
                drovers.runUnprivileged("-f", directory.resolve("pool.yaml").toString());

        // then
        assertRefused(drover, 1, "CAP_NET_BIND_SERVICE");
    }

    @Test
    void aSocketHeldByNobodyElseIsNotHeldByUsAfterwards() throws Exception {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when
        drover.stop();

        // then
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), pool.address().getPort()));
            assertThat(socket.isBound()).isTrue();
        }
    }
}
