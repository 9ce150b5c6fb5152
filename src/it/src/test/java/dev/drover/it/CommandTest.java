package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What the command shows of a real master, in real shells and on a real terminal.
@Tag("slow")
class CommandTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess run(Pools pool) {
        return drovers.run("-f", pool.write(directory).toString());
    }

    private static Pools sleeping(int replicas) {
        return Pools.systemd(
                        replicas, "sh", "-c", "trap \"echo got USR1\" USR1; echo heeds it; while :; do sleep 0.1; done")
                .template("readyWhen: Started")
                .template("env: [{name: API_KEY, value: s3cret}]");
    }

    @Test
    void everythingIsDescribedAndNoValueOfAVariable() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("Worker ready");
        Procs.signal(master.workers().getFirst().pid(), "KILL");
        master.until(
                "its successor",
                () -> drover(master, "get", "workers", "-o", "wide").out().contains("killed by SIGKILL"));

        // when
        var pool = drover(master, "describe", "pool", "web");
        var worker = drover(master, "describe", "worker", "web-0");
        var socket = drover(master, "describe", "socket", "http");
        var self = drover(master, "describe", "master");

        // then
        assertThat(pool.out())
                .contains("1 desired", "API_KEY:  <set>", "Conditions:\n", "RolloutComplete")
                .doesNotContain("s3cret");
        assertThat(worker.out()).containsPattern("Signal: +SIGKILL").contains("Leases:\n", "Events:\n");
        assertThat(socket.out()).containsPattern("Mode: +Sharded").contains("web-0");
        assertThat(self.out()).contains("MasterStarted", "control-address:").containsPattern("State: +Running");
        assertThat(pool.code() + worker.code() + socket.code() + self.code()).isZero();
    }

    @Test
    void aWatchShowsEachChangeAndEndsWithTheMaster() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("Worker ready");
        Path out = directory.resolve("watched");
        var watching = ClientCommand.command(master, "get", "workers", "-w", "--no-headers")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        master.until("what is there", () -> Files.readString(out).matches("(?s)web-0 +true +Ready .*"));

        // when
        var signaled = drover(master, "signal", "worker", "web-0", "kill");

        // then
        assertThat(signaled.out()).contains("worker/web-0 signaled with SIGKILL");
        master.until(
                "its successor",
                () -> Files.readString(out).lines().anyMatch(line -> line.matches("web-0 +true +Ready +1 .*")));
        assertThat(drover(master, "stop").code()).isZero();
        assertThat(watching.waitFor(DroverProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(watching.exitValue()).isIn(1, 4);
    }

    @Test
    void aSignalReachesTheWorkerAndASelectorFinds() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("heeds it");

        // when
        var signaled = drover(master, "signal", "worker", "web-0", "SIGUSR1");

        // then
        assertThat(signaled.code()).isZero();
        master.awaitLog("got USR1");
        assertThat(drover(master, "signal", "worker", "web-0", "SIGNOPE").code())
                .isEqualTo(2);
        assertThat(drover(master, "signal", "worker", "web-7", "HUP").code()).isEqualTo(3);
        assertThat(drover(master, "get", "workers", "-l", "team=none").out())
                .isEqualTo("The master has no workers with such labels.\n");
        assertThat(drover(master, "get", "pools", "-l", "team in (").code()).isNotZero();
    }

    @Test
    void nothingButTheAnswerIsWritten() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("Worker ready");

        // when
        var process =
                ClientCommand.command(master, "get", "workers", "-o", "name").start();
        process.getOutputStream().close();

        // then
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("worker/web-0\n");
        assertThat(process.getErrorStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isZero();
    }

    @Test
    void topIsDrawnOnATerminalAndLeavesItAsItWas() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("Worker ready");
        Path typescript = directory.resolve("typescript");
        var command = ClientCommand.command(master, "top");
        var builder = new ProcessBuilder(
                        "script",
                        "--quiet",
                        "--return",
                        "--command",
                        "stty rows 20 cols 100; before=$(stty -g); "
                                + command.command().getFirst()
                                + " top; code=$?; [ \"$before\" = \"$(stty -g)\" ] && echo as it was; exit $code",
                        typescript.toString())
                .redirectErrorStream(true);
        builder.environment().putAll(command.environment());
        builder.environment().put("TERM", "xterm");

        // when
        var process = builder.start();
        var out = directory.resolve("drawn");
        var reader = Thread.ofVirtual().start(() -> copy(process, out));
        master.until("a page", () -> Files.exists(out) && Files.readString(out).contains("web-0"));
        process.getOutputStream().write('q');
        process.getOutputStream().flush();

        // then
        assertThat(process.waitFor(DroverProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        reader.join();
        assertThat(process.exitValue()).isZero();
        assertThat(Files.readString(out))
                .contains("\033[?1049h", "CPU(cores)", "\033[?1049l", "as it was")
                .doesNotContain("Exception");
    }

    private static void copy(Process process, Path file) {
        try (var in = process.getInputStream()) {
            Files.copy(in, file);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    @Test
    void topTellsWhatIsUsedOnce() throws Exception {
        // given
        var master = run(sleeping(2));
        master.awaitLog("Worker ready");

        // then
        master.until(
                "both workers",
                () -> drover(master, "top")
                        .out()
                        .matches("(?s)NAME +CPU\\(cores\\) .*\nmaster +\\S+ +\\d+Mi .*\nweb-0 .*\nweb-1 .*"));
    }

    @Test
    void bashCompletesTheNamesOfWhatRuns() throws Exception {
        // given
        var master = run(sleeping(1));
        master.awaitLog("Worker ready");
        var command = ClientCommand.command(master);
        String binary = Path.of(command.command().getFirst()).toAbsolutePath().toString();
        var builder = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source <(%1$s completion bash); COMP_WORDS=(%1$s --timeout 30s describe worker w); COMP_CWORD=5; _drover; echo \"${COMPREPLY[@]}\""
                                .formatted(binary))
                .redirectErrorStream(true);
        builder.environment().putAll(command.environment());

        // when
        var process = builder.start();
        process.getOutputStream().close();

        // then
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("web-0\n");
        assertThat(process.waitFor()).isZero();
    }
}
