package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorStartTest {

    @TempDir
    Path directory;

    @Test
    void aStartThatFailsLeavesNothingBehind() throws Exception {
        // given
        var tooLong = directory.resolve("x".repeat(120));
        var options = new SupervisorOptions(tooLong, false, line -> {}, Map.of());

        // when
        assertThatThrownBy(() -> Supervisor.start(options)).hasMessageContaining("the kernel takes 107");

        // then
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("drover-")) {
                assertThat(thread.join(Duration.ofSeconds(5)))
                        .as(thread.getName() + " has ended")
                        .isTrue();
            }
        }
        assertThat(tooLong).doesNotExist();
    }
}
