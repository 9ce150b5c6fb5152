package dev.drover.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Engine;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `deploy/drover.container` is a unit that podman's generator takes, and the commands it makes of it do their work.
class QuadletTest {
    private static final Path DEPLOY =
            DroverProcess.home().toAbsolutePath().getParent().resolveSibling("deploy");

    /// Podman 4.4 and later has it.
    private static final String GENERATOR = "/usr/libexec/podman/quadlet";

    private static final String CONTAINER = "systemd-drover";

    /// Mounted, so that the user of the container must be able to read it.
    @TempDir
    Path directory;

    @BeforeEach
    void letAnybodyRead() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Path folder(Path folder, String unit) throws IOException {
        Files.setPosixFilePermissions(Files.createDirectory(folder), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(folder.resolve("drover.container"), unit);
        return folder;
    }

    /// What the generator makes of the units of a folder: this machine's, else the one of the base image.
    private static Engine.Ran generate(Path units) throws IOException, InterruptedException {
        if (!Files.isExecutable(Path.of(GENERATOR))) {
            return Engine.run(List.of(
                    "run",
                    "--rm",
                    "--volume=" + units + ":/units:ro",
                    "--env=QUADLET_UNIT_DIRS=/units",
                    "--entrypoint=" + GENERATOR,
                    Engine.image(),
                    "-dryrun"));
        }
        var builder = new ProcessBuilder(GENERATOR, "-dryrun");
        builder.environment().put("QUADLET_UNIT_DIRS", units.toString());
        var process = builder.redirectErrorStream(true).start();
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Engine.Ran(process.waitFor(), out, out);
    }

    private static String unit() throws IOException {
        return Files.readString(DEPLOY.resolve("drover.container"));
    }

    @Test
    void theGraceIsToldAndLongEnough() throws IOException {
        // given
        int needed = ManifestsTest.neededGraceSeconds();

        // when
        var told = Pattern.compile("(?:DROVER_POD_GRACE_SECONDS=|--stop-timeout=|TimeoutStopSec=)(\\d+)")
                .matcher(unit())
                .results()
                .map(found -> Integer.valueOf(found.group(1)))
                .toList();

        // then
        assertThat(told)
                .hasSize(3)
                .allMatch(seconds -> seconds >= needed)
                .first()
                .isEqualTo(told.get(1));
        assertThat(told.getLast()).as("systemd kills after podman").isGreaterThan(told.getFirst());
    }

    @Tag("image")
    @Test
    void aWrongWordInTheUnitIsNoticed() throws Exception {
        // given
        var units = folder(directory.resolve("units"), unit().replace("DropCapability", "DropCapabilities"));

        // when
        var ran = generate(units);

        // then
        assertThat(ran.err()).contains("unsupported key 'DropCapabilities'");
        assertThat(ran.code()).isEqualTo(1);
    }

    /// The words behind podman of a command of the service, for a machine without systemd and with a port of its own.
    private List<String> command(String service, String key, int port) {
        var line = service.lines()
                .filter(candidate -> candidate.startsWith(key + "=/usr/bin/podman "))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + key + " in\n" + service));
        return Stream.of(line.split(" "))
                .skip(1)
                // The cgroup of the service.
                .filter(word -> !word.equals("--cgroups=split"))
                .map(word -> word.replace("%N", "drover")
                        .replace("%t", directory.toString())
                        .replace("localhost/drover:latest", Engine.image())
                        .replace("/etc/drover:/etc/drover", directory.resolve("pools") + ":/etc/drover")
                        .replaceFirst("^8080:", "127.0.0.1:" + port + ":"))
                .toList();
    }

    /// How many there are; none before the master answers.
    private static long workers() {
        return Engine.run(List.of("exec", CONTAINER, "drover", "get", "workers", "-o", "name"))
                .out()
                .lines()
                .count();
    }

    private static void until(String what, Waits.Effect effect) {
        Waits.until(
                what,
                effect,
                DroverProcess.PATIENCE,
                () -> Engine.run(List.of("logs", CONTAINER)).toString());
    }

    @Tag("image")
    @Test
    void theServiceStartsReloadsAndStopsTheContainer() throws Exception {
        // given
        var generated = generate(folder(directory.resolve("units"), unit()));
        assertThat(generated.code()).as(generated.err()).isZero();
        var pools = Files.createDirectory(directory.resolve("pools"));
        Files.setPosixFilePermissions(pools, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.copy(DEPLOY.resolve("base/pool.yaml"), pools.resolve("pool.yaml"));
        int port = Pools.freePort();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);

        // when
        Engine.must(command(generated.out(), "ExecStart", port));

        // then
        try {
            until("workers", () -> workers() > 0);
            long asWritten = workers();
            Engine.must("exec", CONTAINER, "drover", "scale", "web", "--replicas=" + (asWritten + 1));
            until("one worker more", () -> workers() == asWritten + 1);
            Engine.must(command(generated.out(), "ExecReload", port));
            until("as many as the file says", () -> workers() == asWritten);
            try (var load = Loader.start(Load.perConnection(address).clients(2))) {
                load.awaitAnswers(50, DroverProcess.PATIENCE);
                Engine.must(command(generated.out(), "ExecStop", port));
                var result = load.stop();
                assertThat(result.failures().keySet())
                        .as("%s", result.firstFailures())
                        .isSubsetOf(FailureKind.CONTAINER_CLOSED);
            }
            assertThat(Engine.run(List.of("container", "exists", CONTAINER)).code())
                    .isEqualTo(1);
        } finally {
            Engine.run(List.of("rm", "--force", "--time", "0", CONTAINER));
        }
    }
}
