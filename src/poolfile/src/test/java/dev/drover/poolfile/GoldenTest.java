package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `in-X.yaml` gives `out-X.yaml`, defaults filled in, or `out-X.txt`, its problems.
///
/// `JAVA_TOOL_OPTIONS=-Dgolden.write=true` writes what is missing; read it before you commit it.
class GoldenTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");

    @ParameterizedTest
    @MethodSource("inputs")
    void fileGivesItsPoolsOrItsProblems(String name) throws IOException {
        // given
        Path input = FOLDER.resolve("in-" + name + ".yaml");

        // when
        PoolFileResult result = PoolFiles.read(List.of(input));

        // then
        Path expected = FOLDER.resolve("out-" + name + (result.problems().isEmpty() ? ".yaml" : ".txt"));
        if (Boolean.getBoolean("golden.write") && !Files.exists(expected)) {
            Files.writeString(expected, text(result));
        }
        assertThat(text(result)).isEqualTo(Files.readString(expected));
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void whatIsWrittenReadsBackTheSame(String name) throws IOException {
        // given
        var pools =
                PoolFiles.read(List.of(FOLDER.resolve("in-" + name + ".yaml"))).pools();
        Path copy = Files.createTempFile("pools", ".yaml");

        // when
        Files.writeString(copy, WorkerPools.toYaml(pools));

        // then
        assertThat(PoolFiles.read(List.of(copy)).pools()).isEqualTo(pools);
        Files.delete(copy);
    }

    @Test
    void everyFileIsUsed() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            files.map(file -> file.getFileName().toString()).forEach(file -> {
                String name = file.replaceAll("^(in|out)-|\\.(yaml|txt)$", "");
                if (!Files.exists(FOLDER.resolve("in-" + name + ".yaml"))
                        || Files.exists(FOLDER.resolve("out-" + name + ".yaml"))
                                == Files.exists(FOLDER.resolve("out-" + name + ".txt"))) {
                    fail(file + " has no partner, or two");
                }
            });
        }
    }

    private static String text(PoolFileResult result) {
        return result.problems().isEmpty()
                ? WorkerPools.toYaml(result.pools().stream().map(Defaults::of).toList())
                : result.problems().stream()
                        .map(problem -> problem.toString().replace(FOLDER + "/", "") + "\n")
                        .collect(Collectors.joining());
    }

    static List<String> inputs() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.startsWith("in-"))
                    .map(file -> file.substring("in-".length(), file.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        }
    }
}
