package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlFilesTest {
    @TempDir
    private Path runDirectory = Path.of("");

    @Test
    void tokenIsNewEachTimeAndReadableByItsUserOnly() throws IOException {
        // given
        var control = Files.createDirectory(runDirectory.resolve("control"));

        // when
        var files = ControlFiles.prepare(runDirectory);

        // then
        var file = control.resolve("token");
        assertThat(Files.readString(file)).isEqualTo(files.token() + "\n").matches("[0-9a-f]{64}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.delete(file);
        assertThat(ControlFiles.prepare(runDirectory).token()).isNotEqualTo(files.token());
    }

    @Test
    void addressIsToldToClients() throws IOException {
        // given
        Files.createDirectory(runDirectory.resolve("control"));

        // when
        ControlFiles.prepare(runDirectory).writeAddress(ListenAddress.parse("127.0.0.1:4711"));

        // then
        assertThat(runDirectory.resolve("control/address")).hasContent("127.0.0.1:4711");
    }

    @Test
    void runDirectoryTooLongForASocketIsRefused() {
        assertThatExceptionOfType(MasterException.class)
                .isThrownBy(() -> ControlFiles.prepare(Path.of("/" + "x".repeat(100))))
                .withMessageContaining("allowed are 107");
    }
}
