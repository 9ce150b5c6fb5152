package dev.drover.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Engine;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Manifests;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `deploy/compose.yaml` is what Compose knows, and brings a container up and down.
class ComposeTest {
    private static final Path DEPLOY =
            DroverProcess.home().toAbsolutePath().getParent().resolveSibling("deploy");

    /// What the file says.
    private static final int GRACE_SECONDS = 45;

    @TempDir
    Path directory;

    private static Engine.Ran run(String... words) throws IOException, InterruptedException {
        var process = new ProcessBuilder(words).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Engine.Ran(process.waitFor(), out, out);
    }

    /// A copy of the file in which something is otherwise.
    private Path changed(String from, String to) throws IOException {
        var original = Files.readString(DEPLOY.resolve("compose.yaml"));
        assertThat(original).contains(from);
        return Files.writeString(
                directory.resolve("compose.yaml"),
                original.replace(from, to).replace("./base/", DEPLOY.resolve("base") + "/"));
    }

    @Test
    void theGraceIsToldAndLongEnough() throws IOException {
        // when
        var file = Manifests.read(DEPLOY.resolve("compose.yaml")).getFirst();

        // then
        assertThat(file)
                .extractingByKey("services", InstanceOfAssertFactories.MAP)
                .extractingByKey("drover", InstanceOfAssertFactories.MAP)
                .containsEntry("stop_grace_period", GRACE_SECONDS + "s")
                .containsEntry("environment", Map.of("DROVER_POD_GRACE_SECONDS", String.valueOf(GRACE_SECONDS)));
        assertThat(GRACE_SECONDS).isGreaterThanOrEqualTo(ManifestsTest.neededGraceSeconds());
    }

    @Tag("slow")
    @Test
    void composeKnowsEveryField() throws Exception {
        // when
        var ran = run("docker-compose", "-f", DEPLOY.resolve("compose.yaml").toString(), "config");

        // then
        assertThat(ran.code()).as(ran.out()).isZero();
        assertThat(ran.out())
                .contains(DEPLOY.resolve("base/pool.yaml").toString(), "read_only: true", "stop_grace_period: 45s");
    }

    @Tag("slow")
    @Test
    void composeToldOfAFieldThatIsNoneRefusesTheFile() throws Exception {
        // when
        var ran = run("docker-compose", "-f", changed("cap_drop:", "cap_drops:").toString(), "config");

        // then
        assertThat(ran.code()).isNotZero();
        assertThat(ran.out()).contains("cap_drops");
    }

    private static Engine.Ran compose(Path file, String... words) throws IOException, InterruptedException {
        return run(Stream.concat(
                        Stream.of(
                                "podman-compose", "--podman-path", Engine.program(), "-p", "it", "-f", file.toString()),
                        Stream.of(words))
                .toArray(String[]::new));
    }

    @Tag("image")
    @Test
    void whatIsBroughtUpServesIsHealthyAndGoesDown() throws Exception {
        // given
        int port = Pools.freePort();
        Engine.must("tag", Engine.image(), "drover");
        var file = changed("8080:8080", "127.0.0.1:" + port + ":8080");
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        // when
        var up = compose(file, "up", "-d");

        // then
        try {
            assertThat(up.code()).as(up.out()).isZero();
            Waits.until(
                    "answers",
                    () -> Loader.run(Load.perConnection(address).requests(1)).failed() == 0,
                    DroverProcess.PATIENCE,
                    () -> Engine.run(List.of("logs", "it_drover_1")).toString());
            assertThat(Engine.run(List.of("healthcheck", "run", "it_drover_1")).code())
                    .isZero();
            assertThat(Engine.must(
                            "inspect",
                            "--format",
                            "{{.HostConfig.ReadonlyRootfs}} {{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}}",
                            "it_drover_1"))
                    .isEqualTo("true " + (512 << 20) + " unless-stopped");
        } finally {
            var down = compose(file, "down", "-t", String.valueOf(GRACE_SECONDS));
            assertThat(down.code()).as(down.out()).isZero();
            Engine.must("untag", Engine.image(), "drover");
        }
        assertThat(Engine.run(List.of("container", "exists", "it_drover_1")).code())
                .isEqualTo(1);
    }
}
