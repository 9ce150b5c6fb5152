package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.helpers.NOP_FallbackServiceProvider;

/// What a start makes ready on a second thread is not touched by the first one before.
class PreparationTest {
    private static final String WAITS = "the start waits for the log";
    private static final long PATIENCE_SECONDS = 30;

    @TempDir
    Path directory;

    /// A log that is not ready before the main thread has come as far as it may without it.
    public static final class SlowLog extends NOP_FallbackServiceProvider {
        @Override
        public void initialize() {
            super.initialize();
            while (!mainWaits()) {
                Thread.onSpinWait();
            }
            System.out.println(WAITS);
        }

        private static boolean mainWaits() {
            return Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().equals("main")
                            && thread.getKey().getState() == Thread.State.WAITING)
                    .flatMap(thread -> Arrays.stream(thread.getValue()))
                    .anyMatch(frame -> frame.getMethodName().equals("awaitLog"));
        }
    }

    /// Libraries log too: the one that reads YAML and the one that writes the log would wait for each other.
    @Test
    void noFileIsReadBeforeTheLogIsReady() throws Exception {
        // given
        var file = Files.writeString(directory.resolve("pool.yaml"), "kind: WorkerPool\n");
        var output = directory.resolve("output");
        var errors = directory.resolve("errors");
        var start = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dslf4j.provider=" + SlowLog.class.getName(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "-f",
                        file.toString()))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();

        // when
        boolean ended = start.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        start.destroyForcibly();

        // then
        assertThat(ended).isTrue();
        assertThat(output).content().hasLineCount(1).contains(WAITS);
        assertThat(start.exitValue()).isEqualTo(ExitCode.USAGE);
        assertThat(errors).content().contains("pool.yaml:1: metadata");
    }
}
