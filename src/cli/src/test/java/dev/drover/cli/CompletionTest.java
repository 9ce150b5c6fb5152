package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.Metadata;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What the shells offer. The script runs in a real bash, where a program of its own says the names.
class CompletionTest extends VerbTest {

    @BeforeEach
    void haveNames() {
        master.pools = List.of(WorkerPool.newBuilder()
                .setMetadata(Metadata.newBuilder().setName("web"))
                .build());
        var worker = Worker.newBuilder().setName("web-0").setPool("web");
        // Two incarnations while it is replaced.
        master.workers = List.of(
                worker.setIncarnation(1).build(), worker.setIncarnation(2).build());
        master.sockets =
                List.of(Socket.newBuilder().setName("http").setPool("web").build());
    }

    @Test
    void namesAreWhatTheMasterHas() {
        assertThat(cli.run("__complete", "pools")).isEqualTo(ok("web\n"));
        assertThat(cli.run("__complete", "workers")).isEqualTo(ok("web-0\n"));
        assertThat(cli.run("__complete", "sockets")).isEqualTo(ok("web/http\n"));
        assertThat(cli.run("__complete", "dogs")).isEqualTo(ok(""));
    }

    @Test
    void whereNoMasterAnswersThereAreNone() {
        // given
        master.hung = true;

        // then
        assertThat(cli.run("__complete", "pools")).isEqualTo(ok(""));
        assertThat(cli.with("DROVER_RUN_DIR", "/nowhere").run("__complete", "pools"))
                .isEqualTo(ok(""));
    }

    @Test
    void itIsHidden() {
        assertThat(cli.run("-h").out()).contains("completion").doesNotContain("__complete");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'drover desc' | describe",
                "'drover get work' | worker workers",
                "'drover get pools -o ' | json name table wide yaml",
                "'drover get pools -o j' | json",
                "'drover get pools --no' | --no-headers",
                "'drover get pools ' | web",
                "'drover get workers --pool ' | web",
                "'drover get workers --pool = w' | web",
                "'drover describe worker web-' | web-0",
                "'drover describe socket web/' | web/http",
                "'drover --timeout 5s describe pool ' | web",
                "'drover signal worker web-0 SIGU' | SIGUSR1 SIGUSR2",
                "'drover scale ' | web",
                "'drover delete pool' | pool/web",
                "'drover logs ' | web web-0",
                "'drover send pool/' | pool/web",
                "'drover top --sort-by in' | in-flight",
                "'drover rollout st' | status",
                "'drover rollout status --watch' | --watch",
                "'drover completion ' | bash zsh",
                "'drover version ' | ''",
            })
    void bashOffersWhatFits(String line, String offers) throws Exception {
        assertThat(offered("bash", line)).isEqualTo(offers);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'drover desc' | describe",
                "'drover get pools -o j' | json",
                "'drover describe worker web-' | web-0",
                "'drover rollout st' | status",
            })
    void zshOffersTheSame(String line, String offers) throws Exception {
        assumeThat(Files.isExecutable(Path.of("/usr/bin/zsh")) || Files.isExecutable(Path.of("/bin/zsh")))
                .as("zsh is installed")
                .isTrue();
        // zsh itself keeps those that begin as the word does
        assertThat(offered("zsh", line).split(" ", -1)).contains(offers);
    }

    /// Asks as the shell does: with the words of the line and where the cursor is.
    private String offered(String shell, String line) throws IOException, InterruptedException {
        Path names = Files.writeString(directory.resolve("drover"), """
                #!/bin/sh
                while [ "$1" != __complete ]; do shift; done
                case $2 in pools) echo web ;; workers) echo web-0 ;; sockets) echo web/http ;; esac
                """);
        assertThat(names.toFile().setExecutable(true)).isTrue();
        Path script = Files.writeString(
                directory.resolve("completion"), cli.run("completion", shell).out());
        // zsh's bashcompinit declares complete, of which the test needs no effect: it has no terminal.
        String ask = """
                %s
                . %s
                COMP_WORDS=(%s)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _drover
                echo $(printf '%%s\\n' "${COMPREPLY[@]}" | sort)
                """.formatted(
                        shell.equals("zsh") ? "autoload -U compinit && compinit -u; setopt ksharrays shwordsplit" : "",
                        script,
                        line.replaceFirst("^drover", names.toString()).replaceFirst(" $", " ''"));
        var process = new ProcessBuilder(shell, shell.equals("zsh") ? "-fc" : "-uc", ask)
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        return out.strip();
    }
}
