package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Every command of the tutorial runs as pasted, one block after the other.
@Tag("slow")
class TutorialTest {
    private static final String PAGE = "docs/tutorial.md";

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// @param master empty while there is none
    private String bash(String script, Optional<DroverProcess> master) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", "-euc", script)
                .directory(directory.toFile())
                .redirectErrorStream(true);
        var bin = DroverProcess.home().toAbsolutePath().resolve("bin");
        builder.environment().compute("PATH", (_, path) -> bin + ":" + path);
        master.ifPresent(drover -> builder.environment()
                .put("DROVER_RUN_DIR", drover.runDirectory().toString()));
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(script + out).isZero();
        return out;
    }

    @Test
    void itGoesAsShown() throws Exception {
        // given
        Files.writeString(
                directory.resolve("hello.py"), ReadmeTest.blocks(PAGE, "python").getFirst());
        Files.writeString(
                directory.resolve("pool.yaml"), ReadmeTest.blocks(PAGE, "yaml").getFirst());
        List<String> blocks = ReadmeTest.blocks(PAGE, "sh");
        assertThat(blocks).hasSize(10);
        assertThat(blocks.get(0)).startsWith("make build\n");
        assertThat(blocks.get(2)).isEqualTo("drover run -f pool.yaml\n");

        // when / then
        assertThat(bash(blocks.get(1), Optional.empty())).contains("ok (pool web)");
        var drover = drovers.runFrom(directory, "-f", "pool.yaml");
        drover.until(
                "two workers",
                () -> ClientCommand.drover(drover, "get", "pools").out().contains("2/2"));
        var master = Optional.of(drover);
        assertThat(bash(blocks.get(3), master)).contains("hello from web-", "2/2", "team=shop", "Events:\n");
        assertThat(bash(blocks.get(4), master))
                .containsPattern("(?s)signaled with SIGKILL.*(hello from web-[01]\n){8}")
                .contains("killed by SIGKILL");
        assertThat(bash(blocks.get(5), master)).contains("pool \"web\" successfully rolled out", "web-2");
        assertThat(bash(blocks.get(6), master))
                .contains("new revision (env GREETING)", "successfully rolled out", "goodbye from web-");
        assertThat(bash(blocks.get(7), master)).contains("rolled back", "successfully rolled out", "hello from web-");
        assertThat(bash(blocks.get(8), master)).contains("CPU(cores)", "master", "] asked for /");
        assertThat(bash(blocks.get(9), master)).contains("master stopped");
        assertThat(drover.awaitExit()).isZero();
    }
}
