package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunDirectoriesTest {
    @Test
    void namedDirectoryWins() {
        assertThat(RunDirectories.choose(Map.of("DROVER_RUN_DIR", "/x/y", "XDG_RUNTIME_DIR", "/tmp")))
                .isEqualTo(Path.of("/x/y"));
    }

    @Test
    void emptyNameCountsAsNone() {
        assertThat(RunDirectories.choose(Map.of("DROVER_RUN_DIR", "", "XDG_RUNTIME_DIR", "/tmp")))
                .isIn(Path.of("/run/drover"), Path.of("/tmp/drover"));
    }
}
