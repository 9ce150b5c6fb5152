package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What the README shows runs as pasted.
@Tag("slow")
class ReadmeTest {
    private static final Path ROOT =
            DroverProcess.home().toAbsolutePath().getParent().getParent();

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// Every code block in that language.
    static List<String> blocks(String language) throws IOException {
        return blocks("README.md", language);
    }

    /// Every code block of a page in that language.
    static List<String> blocks(String page, String language) throws IOException {
        return Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve(page)))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    private record Answer(int code, String out) {}

    private Answer bash(String script, String runDirectory) throws IOException, InterruptedException {
        var builder = new ProcessBuilder("bash", "-euc", script)
                .directory(ROOT.toFile())
                .redirectErrorStream(true);
        builder.environment().put("DROVER_RUN_DIR", runDirectory);
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(process.waitFor(), out);
    }

    @Test
    void theTourOfTheDefaultPoolGoesAsShown() throws Exception {
        // given
        var drover = drovers.run();
        int workers = Runtime.getRuntime().availableProcessors();
        drover.awaitReady(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080), workers);
        var tour = blocks("sh").subList(1, 3);

        // when
        var first = bash(tour.get(0), drover.runDirectory().toString());
        var second = bash(tour.get(1), drover.runDirectory().toString());

        // then
        assertThat(first.out()).contains("X-Worker: web-", "ok 1 ", "NAME");
        assertThat(first.code()).isZero();
        assertThat(second.out()).contains("ok 8 ", "killed by SIGKILL");
        assertThat(second.code()).as(second.out()).isZero();
        assertThat(drover.awaitExit()).isZero();
    }

    @Test
    void thePoolFileIsAccepted() throws Exception {
        // given
        var yaml = blocks("yaml");
        assertThat(yaml).hasSize(1);
        var file = Files.writeString(directory.resolve("pool.yaml"), yaml.getFirst());

        // when
        var answer = bash("target/drover/bin/drover validate -f " + file, directory.toString());

        // then
        assertThat(answer.out()).contains("ok (pool web)");
        assertThat(answer.code()).isZero();
    }

    @Test
    void theTargetsOfMakeAreThere() throws Exception {
        // given
        var targets = Pattern.compile("^make ([a-z]+)", Pattern.MULTILINE)
                .matcher(String.join("\n", blocks("sh")))
                .results()
                .map(match -> match.group(1))
                .toList();

        // when
        var makefile = Files.readString(ROOT.resolve("Makefile"));

        // then
        assertThat(targets)
                .contains("run", "test")
                .allSatisfy(target -> assertThat(makefile).contains("\n" + target + ":"));
    }
}
