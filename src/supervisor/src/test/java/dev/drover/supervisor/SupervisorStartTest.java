package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.session.MessageLimits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SupervisorStartTest {

    @TempDir
    Path directory;

    @Test
    void aPathThatIsTooLongIsToldBeforeAnythingIsMade() {
        // given
        var tooLong = directory.resolve("x".repeat(120));
        var options = new SupervisorOptions(tooLong, false, line -> {}, Map.of(), false, MessageLimits.DEFAULT);

        // when / then
        assertThatThrownBy(() -> Supervisor.start(options)).hasMessageContaining("the kernel takes 107");
        assertThat(tooLong).doesNotExist();
    }

    @Test
    void aStartThatFailsLeavesNothingBehind() throws Exception {
        // given: the sockets have no place to be
        var root = directory.resolve("run");
        var options = new SupervisorOptions(root, false, line -> {}, Map.of(), false, MessageLimits.DEFAULT);
        var runDirectory = RunDirectory.open(root);
        Files.delete(root.resolve("attach"));

        // when
        assertThatThrownBy(() -> Supervisor.start(options, runDirectory))
                .isInstanceOf(SupervisorException.class)
                .hasMessageContaining("session.sock");

        // then
        for (var thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("drover-")) {
                assertThat(thread.join(Duration.ofSeconds(5)))
                        .as(thread.getName() + " has ended")
                        .isTrue();
            }
        }
        assertThat(root.toFile().list()).containsExactly("lock");
    }

    @Test
    void theDirectoryOfAProgramsOwnSupervisorGoesWithIt() {
        // given
        var supervisor = Supervisor.start();
        var root = supervisor.runDirectory();
        assertThat(root).isDirectory();

        // when
        supervisor.close();

        // then
        assertThat(root).doesNotExist();
        assertThat(supervisor.isStopping()).isTrue();
    }

    @Test
    void aPoolWithDefaultsTellsWhereItListens() {
        try (var supervisor = Supervisor.start()) {
            // given
            var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            var socket = SocketSpec.of("http", loopback, SocketSpec.Distribution.SHARDED);
            var pool = PoolSpec.of("web", 1, List.of("/bin/sh", "-c", "exec sleep 1000"), socket);

            // when
            supervisor.open(List.of(pool));

            // then
            assertThat(supervisor.address("web", "http"))
                    .isInstanceOfSatisfying(
                            InetSocketAddress.class,
                            address -> assertThat(address.getPort()).isPositive());
            assertThatThrownBy(() -> supervisor.address("web", "https"))
                    .isInstanceOf(SupervisorException.class)
                    .hasMessage("cannot find socket https of pool web: there is none");
        }
        assertThat(ProcessHandle.current().children()).isEmpty();
    }
}
