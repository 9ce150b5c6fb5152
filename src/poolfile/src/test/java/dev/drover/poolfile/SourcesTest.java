package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.pool.v1.WorkerPool;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourcesTest {

    @TempDir
    private Path directory;

    @Test
    void directoryIsReadByNameWithoutHiddenFilesAndSubdirectories() throws IOException {
        // given
        write("b.yml", pool("b"));
        write("a.yaml", pool("a"));
        write("notes.txt", "not: a pool");
        write(".hidden.yaml", "not: a pool");
        Files.createDirectories(directory.resolve("deep.yaml"));
        Path data = Files.createDirectories(directory.resolve("..data"));
        Files.writeString(data.resolve("c.yaml"), pool("c"));
        Files.createSymbolicLink(directory.resolve("c.yaml"), data.resolve("c.yaml"));

        // when
        PoolFileResult result = PoolFiles.read(List.of(directory));

        // then
        assertThat(result.problems()).isEmpty();
        assertThat(names(result)).containsExactly("a", "b", "c");
    }

    @Test
    void fileReachedTwiceIsReadOnce() throws IOException {
        // given
        Path file = write("a.yaml", pool("a"));

        // when
        PoolFileResult result = PoolFiles.read(List.of(file, directory, file));

        // then
        assertThat(result.problems()).isEmpty();
        assertThat(result.files()).containsExactly(file);
    }

    @Test
    void dashIsTheStandardInput() {
        // when
        PoolFileResult result = PoolFiles.read(List.of(Path.of("-")), stream(pool("piped")));

        // then
        assertThat(names(result)).containsExactly("piped");
    }

    @Test
    void sameNameInTwoFilesNamesTheOtherPlace() throws IOException {
        // given
        write("a.yaml", pool("web"));
        write("b.yaml", pool("web"));

        // when
        PoolFileResult result = PoolFiles.read(List.of(directory));

        // then
        assertThat(result.problems())
                .containsExactly(new Problem(
                        directory.resolve("b.yaml"),
                        3,
                        "metadata.name",
                        "is \"web\", the pool at " + directory.resolve("a.yaml") + ":3 already; names must be unique"));
    }

    @Test
    void whatCannotBeReadIsAProblem() throws IOException {
        // given
        Path missing = directory.resolve("missing.yaml");
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Path large = write("large.yaml", "#".repeat(Sources.MAX_BYTES + 1));
        Path binary = directory.resolve("binary.yaml");
        Files.write(binary, new byte[] {'a', '\n', (byte) 0xFF});

        // when
        PoolFileResult result = PoolFiles.read(List.of(missing, empty, large, binary));

        // then
        assertThat(result.problems())
                .containsExactlyInAnyOrder(
                        new Problem(missing, 1, "", "cannot be read: no such file or directory"),
                        new Problem(empty, 1, "", "holds no pool file; they are named *.yaml or *.yml"),
                        new Problem(large, 1, "", "is larger than 1 MiB, the most a pool file may have"),
                        new Problem(binary, 2, "", "is not UTF-8 text"));
    }

    @Test
    void bombsAreProblems() throws IOException {
        // given
        var aliases = new StringBuilder("a0: &a0 [x]\n");
        for (int i = 1; i < 20; i++) {
            aliases.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ",").repeat(9)));
        }
        Path bomb = write("bomb.yaml", aliases.toString());
        Path deep = write("deep.yaml", "[".repeat(100_000));
        Path loop = write("loop.yaml", pool("a") + "  sockets: &s [*s]\n");

        // when
        PoolFileResult result = PoolFiles.read(List.of(bomb, deep, loop));

        // then
        assertThat(result.problems())
                .extracting(problem -> problem.file().getFileName().toString())
                .containsExactly("bomb.yaml", "deep.yaml", "loop.yaml");
        assertThat(result.pools()).isEmpty();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static List<String> names(PoolFileResult result) {
        return result.pools().stream()
                .map(WorkerPool::getMetadata)
                .map(m -> m.getName())
                .toList();
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String pool(String name) {
        return """
                apiVersion: drover.dev/v1
                kind: WorkerPool
                metadata: {name: %s}
                spec:
                  template: {command: [java]}
                """.formatted(name);
    }
}
