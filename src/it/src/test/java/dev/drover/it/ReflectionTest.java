package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.NodePackages;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A program of another language that has no proto file.
@Tag("slow")
class ReflectionTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void nodeListsPoolsAndWatchesWorkersFromReflectionAlone() throws Exception {
        // given
        var pool = Pools.hello(1);
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 1);
        var socket = master.runDirectory().resolve("control/control.sock");
        var program = Path.of("src/test/resources/node/reflect.js").toAbsolutePath();
        var node = new ProcessBuilder("node", program.toString(), socket.toString())
                .directory(NodePackages.directory().toFile())
                .redirectErrorStream(true)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
            await(lines, "\"services\":", "drover.control.v1.ControlService", "grpc.health.v1.Health");
            await(lines, "\"pools\":", "\"name\":\"web\"");
            await(lines, "\"change\":", "CHANGE_TYPE_BOOKMARK");

            // when
            Procs.signal(master.workers().getFirst().pid(), "KILL");

            // then
            await(lines, "\"change\":", "\"incarnation\":2", "WORKER_STATE_READY");
        } finally {
            node.destroyForcibly();
            node.onExit().join();
        }
    }

    /// Reads on to a line that has all of this.
    private static void await(BufferedReader lines, String... parts) throws IOException {
        var read = new StringBuilder();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            read.append(line).append('\n');
            boolean all = true;
            for (var part : parts) {
                all &= line.contains(part);
            }
            if (all) {
                return;
            }
        }
        assertThat(read.toString()).as("the program has ended").contains(parts);
    }
}
