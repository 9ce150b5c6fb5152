package dev.drover.it.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The pages in `docs/reference` tell what is. `JAVA_TOOL_OPTIONS=-Dgolden.write=true` writes those that are made.
class ReferenceTest {

    private static final Path ROOT =
            DroverProcess.home().toAbsolutePath().getParent().getParent();
    private static final Path PAGES = ROOT.resolve("docs/reference");

    private static Protos protos() {
        return Protos.read(ROOT.resolve("src/protocol/target/drover.binpb"));
    }

    private static void assertPage(String name, String made) throws IOException {
        Path page = PAGES.resolve(name);
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(page, made);
        }
        assertThat(page).as("write it anew with -Dgolden.write=true").hasContent(made);
    }

    @Test
    void theApiIsToldByItsProtos() throws IOException {
        assertPage("api.md", ApiReference.of(protos()));
    }

    @Test
    void thePoolFileIsToldByItsProto() throws IOException {
        assertPage("pool-file.md", PoolFileReference.of(protos()));
    }

    @Test
    void theCommandIsToldByItsHelp() throws IOException, InterruptedException {
        // given
        var process =
                new ProcessBuilder(DroverProcess.home().resolve("bin/drover").toString(), "run", "-h").start();
        process.getOutputStream().close();
        String run = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();

        // then
        assertPage("command.md", CommandReference.of(run));
    }

    @Test
    void everyReasonOfAnEventIsTold() throws IOException {
        // given
        var rows = Pattern.compile("^\\| `([A-Za-z]+)` \\| (Normal|Warning) \\|", Pattern.MULTILINE)
                .matcher(Files.readString(PAGES.resolve("events.md")))
                .results()
                .map(row -> row.group(1) + " " + row.group(2))
                .toList();

        // then
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(Reason.values())
                        .map(reason -> reason.word() + (reason.type() == Event.Type.NORMAL ? " Normal" : " Warning"))
                        .toList());
    }

    @Test
    void everyVariableIsTold() throws IOException {
        // given
        var read = new TreeSet<String>();
        for (Path file : sources()) {
            read.addAll(variables(Files.readString(file)));
        }

        // then
        assertThat(variables(Files.readString(PAGES.resolve("environment.md"))))
                .containsExactlyInAnyOrderElementsOf(read);
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT.resolve("src"))) {
            return Stream.concat(Stream.of(ROOT.resolve("Containerfile")), files)
                    .filter(Files::isRegularFile)
                    .filter(file -> file.endsWith("Containerfile")
                            || file.toString().matches(".*/src/main/(java/.*\\.java|bin/drover|lib/train)"))
                    .filter(file -> !file.toString().contains("/src/bench/"))
                    .toList();
        }
    }

    /// Names that end in an underscore are followed by a number.
    private static Set<String> variables(String text) {
        var names = new TreeSet<String>();
        Pattern.compile("\\bDROVER_[A-Z_]+")
                .matcher(text)
                .results()
                .forEach(name -> names.add(name.group().replaceFirst("_$", "")));
        return names;
    }
}
