package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.session.fixtures.TestMaster;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The standard error of a process belongs to its application.
class GrpcLogsTest {
    @TempDir
    Path directory;

    /// A process of its own, because it is the loading of classes that talks.
    static final class Child {
        private Child() {}

        /// Opens a session and ends it, both ends.
        public static void main(String[] arguments) {
            try (var master = new TestMaster()) {
                var worker = master.openWorker("web-0");
                worker.close();
                Await.of(worker.ended());
            }
        }
    }

    private String standardErrorOf(String... flags) throws Exception {
        var errors = directory.resolve("stderr");
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(flags));
        command.add(Child.class.getName());
        var child = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(errors.toFile())
                .start();
        if (!child.waitFor(60, TimeUnit.SECONDS)) {
            child.destroyForcibly();
            throw new AssertionError("still running after 60 s: " + Files.readString(errors));
        }
        assertThat(child.exitValue()).as(Files.readString(errors)).isZero();
        return Files.readString(errors);
    }

    @Test
    void sessionWritesNothingToStandardError() throws Exception {
        // when
        var written = standardErrorOf();

        // then
        assertThat(written).isEmpty();
    }

    @Test
    void levelThatWasGivenIsKept() throws Exception {
        // given
        var configuration = Files.writeString(directory.resolve("logging.properties"), """
                handlers=java.util.logging.ConsoleHandler
                io.grpc.netty.TcpMetrics.level=INFO
                """);

        // when
        var written = standardErrorOf("-Djava.util.logging.config.file=" + configuration);

        // then
        assertThat(written).contains("TcpMetrics");
    }

    @Test
    void whatBreaksIsStillTold() {
        // given
        GrpcLogs.quiet();

        // when
        var logger = Logger.getLogger("io.grpc.netty.NettyServerStream");

        // then
        assertThat(logger.isLoggable(Level.SEVERE)).isTrue();
        assertThat(logger.isLoggable(Level.WARNING)).isFalse();
    }
}
