package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunDirectoryTest {

    @TempDir
    Path directory;

    @Test
    void aSecondSupervisorOfTheSameProcessIsRefusedAndTheLockStays() throws IOException {
        // given
        try (var first = RunDirectory.open(directory)) {
            // when
            assertThatThrownBy(() -> RunDirectory.open(directory))
                    .isInstanceOf(SupervisorException.class)
                    .hasMessageContaining(
                            "another Drover (pid " + ProcessHandle.current().pid() + ")");

            // then
            assertThat(first.handles()).hasParentRaw(directory.resolve("attach"));
            assertThat(isLocked(directory.resolve("lock"))).isTrue();
        }
    }

    @Test
    void aDirectoryOfSomebodyElseInsideIsLeftAloneAndStopsNothing() throws IOException {
        // given
        var strange = directory.resolve("attach").resolve("strange");
        Files.createDirectories(strange);
        Files.writeString(strange.resolve("file"), "mine");
        var target = Files.writeString(directory.resolve("target"), "not yours");
        Files.createDirectory(directory.resolve("notify"));
        Files.createSymbolicLink(directory.resolve("notify").resolve("link"), target);

        // when
        RunDirectory.open(directory).close();

        // then
        assertThat(strange.resolve("file")).exists();
        assertThat(target).exists();
        assertThat(directory.resolve("notify")).doesNotExist();
        RunDirectory.open(directory).close();
    }

    /// As the kernel sees it: our own process could always lock it once more.
    private static boolean isLocked(Path file) throws IOException {
        var inode = Files.getAttribute(file, "unix:ino").toString();
        return Files.readString(Path.of("/proc/locks")).lines().anyMatch(line -> line.contains(":" + inode + " "));
    }
}
