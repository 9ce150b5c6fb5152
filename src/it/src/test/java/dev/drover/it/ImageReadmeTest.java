package dev.drover.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Engine;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What the README shows of containers runs as pasted.
@Tag("image")
class ImageReadmeTest {
    @AfterEach
    void removeWhatAFailureLeft() {
        Engine.run(List.of("rm", "--force", "drover"));
    }

    @Test
    void theTourOfTheImageGoesAsShown() throws Exception {
        // given
        var block = ReadmeTest.blocks("sh").stream()
                .filter(text -> text.startsWith("make image"))
                .findFirst()
                .orElseThrow();
        var tour = block.replaceFirst("make image.*", "podman tag '" + Engine.image() + "' drover");
        var builder = new ProcessBuilder("bash", "-euc", tour).redirectErrorStream(true);
        var engine = Path.of(System.getProperty("drover.engine", "")).toAbsolutePath();
        builder.environment().compute("PATH", (_, path) -> engine.getParent() + ":" + path);

        // when
        var process = builder.start();
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);

        // then
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).contains("ok 1 ", "NAME", "web-0", "true");
    }
}
