package dev.drover.examples.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The page that sets both beside each other shows the programs as they are.
class NodeBesideDroverTest {
    private static final Path PAGE = Path.of("../../docs/explanation/node-beside-drover.md");
    private static final Path JAVA = Path.of("src/main/java/dev/drover/examples/scenes");
    private static final Path NODE = Path.of("src/test/resources/node");

    /// An excerpt with the name of its source before it.
    private static final Pattern EXCERPT =
            Pattern.compile("<!-- (?<source>\\S+) -->\n```(java|js)\n(?<code>.*?)\n```", Pattern.DOTALL);

    /// However far it is indented.
    private static String code(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining("\n"));
    }

    @TestFactory
    Iterable<DynamicTest> excerptsAreInTheirSources() throws IOException {
        return EXCERPT.matcher(Files.readString(PAGE))
                .results()
                .map(excerpt -> {
                    var source = excerpt.group("source");
                    return DynamicTest.dynamicTest(source, () -> {
                        var file = (source.endsWith(".js") ? NODE : JAVA).resolve(source);
                        assertThat(code(Files.readString(file))).contains(code(excerpt.group("code")));
                    });
                })
                .toList();
    }

    @Test
    void everyProgramIsAnExcerpt() throws IOException {
        // given
        var page = Files.readString(PAGE);

        // when / then
        assertThat(page.lines().filter(line -> line.matches("```(java|js)")))
                .hasSameSizeAs(EXCERPT.matcher(page).results().toList())
                .isNotEmpty();
    }
}
