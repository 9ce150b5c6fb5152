package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PoolSourceTest {
    private static final String POOL = """
            apiVersion: drover.dev/v1
            kind: WorkerPool
            metadata: {name: jobs}
            spec: {replicas: 1, template: {protocol: Systemd, command: ['true']}}
            """;

    @TempDir
    Path directory;

    @Test
    void anEmptyDefaultDirectoryIsTheDefaultPool() {
        assertThat(PoolSource.of(List.of(), List.of(directory)).isDefaultPool()).isTrue();
        assertThat(PoolSource.of(List.of(), List.of()).isDefaultPool()).isTrue();
    }

    @Test
    void aPoolFileInTheDefaultDirectoryIsRead() throws IOException {
        // given
        Files.writeString(directory.resolve("pool.yaml"), POOL);

        // when
        var source = PoolSource.of(List.of(), List.of(directory));

        // then
        assertThat(source.isDefaultPool()).isFalse();
        assertThat(source.isReadOnce()).isFalse();
        assertThat(source.read())
                .isInstanceOfSatisfying(
                        PoolSource.Reading.Pools.class,
                        read -> assertThat(read.pools())
                                .extracting(pool -> pool.getMetadata().getName())
                                .containsExactly("jobs"));
    }

    @Test
    void aDefaultThatIsNotThereIsAMistake() {
        // given
        var missing = directory.resolve("missing");

        // when
        var reading = PoolSource.of(List.of(), List.of(missing)).read();

        // then
        assertThat(reading)
                .isInstanceOfSatisfying(
                        PoolSource.Reading.Broken.class,
                        broken -> assertThat(broken.problems())
                                .singleElement()
                                .asString()
                                .contains(missing.toString(), "no such file"));
    }

    @Test
    void whatIsGivenWinsOverTheDefaults() throws IOException {
        // given
        Files.writeString(directory.resolve("default.yaml"), POOL);
        var given = Files.writeString(directory.resolve("given.yaml"), POOL.replace("jobs", "web"));

        // when
        var reading = PoolSource.of(List.of(given), List.of(directory)).read();

        // then
        assertThat(reading)
                .isInstanceOfSatisfying(
                        PoolSource.Reading.Pools.class,
                        read -> assertThat(read.pools())
                                .extracting(pool -> pool.getMetadata().getName())
                                .containsExactly("web"));
    }
}
