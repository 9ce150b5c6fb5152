package dev.drover.poolfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// When files are others than before.
class StampTest {
    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(directory.resolve("pool.yaml"), "a");
    }

    private String stamp() {
        return PoolFiles.stamp(List.of(directory));
    }

    @Test
    void untouchedFilesAreTheSame() {
        assertThat(stamp()).isEqualTo(stamp());
    }

    @Test
    void fileWrittenInPlaceIsAnother() throws IOException {
        var before = stamp();
        Files.writeString(file, "b");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusMillis(1)));
        assertThat(stamp()).isNotEqualTo(before);
    }

    @Test
    void fileReplacedByOneOfTheSameSizeAndTimeIsAnother() throws IOException {
        var before = stamp();
        var other = Files.writeString(directory.resolve("other"), "b");
        Files.setLastModifiedTime(other, Files.getLastModifiedTime(file));
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        assertThat(stamp()).isNotEqualTo(before);
    }

    @Test
    void fileAddedOrRemovedIsAChangeOfItsDirectory() throws IOException {
        var before = stamp();
        var added = Files.writeString(directory.resolve("more.yaml"), "c");
        var more = stamp();
        Files.delete(added);
        assertThat(more).isNotEqualTo(before);
        assertThat(stamp()).isEqualTo(before);
    }

    @Test
    void swappedLinkOfAConfigMapIsAChange() throws IOException {
        // given what the kubelet makes: pool.yaml -> ..data/pool.yaml, ..data -> ..version
        var mount = Files.createDirectory(directory.resolve("mount"));
        for (var version : List.of("..1", "..2")) {
            Files.writeString(Files.createDirectory(mount.resolve(version)).resolve("pool.yaml"), "a");
        }
        Files.createSymbolicLink(mount.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(mount.resolve("pool.yaml"), Path.of("..data/pool.yaml"));
        var before = PoolFiles.stamp(List.of(mount));

        // when
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2"));
        Files.move(
                mount.resolve("..data_tmp"),
                mount.resolve("..data"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.ATOMIC_MOVE);

        // then
        assertThat(PoolFiles.stamp(List.of(mount))).isNotEqualTo(before);
    }

    @Test
    void missingFileIsToldWithoutFailing() throws IOException {
        var before = PoolFiles.stamp(List.of(file));
        Files.delete(file);
        assertThat(PoolFiles.stamp(List.of(file))).isNotEqualTo(before).contains("cannot be seen");
    }
}
