package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.session.fixtures.Bulk;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A gigabyte to a slow reader, between two processes that have 64 MB each: what is under way is bounded at both
/// ends.
@Tag("slow")
@Timeout(400)
class BulkTest {
    @TempDir
    Path directory;

    private final List<Process> children = new ArrayList<>();

    private Process start(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-XX:MaxDirectMemorySize=32m",
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                Bulk.class.getName()));
        command.addAll(List.of(arguments));
        var child = new ProcessBuilder(command)
                .redirectError(errorsOf(children.size()).toFile())
                .start();
        children.add(child);
        return child;
    }

    private Path errorsOf(int child) {
        return directory.resolve("stderr-" + child);
    }

    private void play(String master, String worker) throws Exception {
        var outputs = new ArrayList<BufferedReader>();
        try {
            // given
            outputs.add(start("master", master).inputReader(StandardCharsets.UTF_8));
            var told = outputs.getFirst().readLine();
            assertThat(told).isNotNull();
            var place = told.split(" ", 2);

            // when
            outputs.add(start("worker", worker, place[0], place[1]).inputReader(StandardCharsets.UTF_8));
            var ends = new ArrayList<String>();
            for (var output : outputs) {
                ends.add(String.valueOf(output.readLine()));
            }
            for (var child : children.reversed()) {
                child.getOutputStream().close();
                child.waitFor(20, TimeUnit.SECONDS);
            }

            // then
            assertThat(ends).as(errors()).containsExactly("done", "done");
            assertThat(errors()).isEmpty();
            assertThat(children).allMatch(child -> !child.isAlive() && child.exitValue() == 0);
        } finally {
            children.forEach(Process::destroyForcibly);
        }
    }

    private String errors() throws IOException {
        return Files.readString(errorsOf(0)) + Files.readString(errorsOf(1));
    }

    @Test
    void toASlowWorker() throws Exception {
        play("send", "take");
    }

    @Test
    void toASlowParent() throws Exception {
        play("take", "send");
    }
}
