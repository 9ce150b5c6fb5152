package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.MemoryGroup;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.Exit;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// A worker that the kernel kills for lack of memory is told as that, and no other.
@Tag("slow")
class OutOfMemoryTest {
    private static final long LIMIT = 768L << 20;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void aWorkerThatTheKernelKillsIsToldAsOutOfMemory() throws Exception {
        var limited = MemoryGroup.limitedTo(LIMIT);
        assumeThat(limited)
                .as("this machine lets us make no memory cgroup: that takes root and a writable memory controller")
                .isPresent();
        try (var group = limited.orElseThrow()) {
            // given
            var pool = Pools.systemd(
                            1,
                            "python3",
                            "-c",
                            "import os, time; first = os.environ[\"DROVER_INCARNATION\"] == \"1\"; kept = [];"
                                    + " first and [kept.append(b\"x\" * (1 << 20)) for _ in range(4096)];"
                                    + " time.sleep(1000)")
                    .template("readyWhen: Started");

            // when
            var drover = drovers.runIn(group, "-f", pool.write(directory).toString());
            drover.awaitLog("Worker ready worker=web-0.2");

            // then
            assertThat(lastExit(drover))
                    .extracting(Exit::getReason, Exit::getSignal, Exit::getMessage)
                    .containsExactly("OOMKilled", "SIGKILL", "killed by SIGKILL: out of memory");
            assertThat(drover(drover, "get", "workers", "-o", "wide").out()).contains("OOMKilled");
            assertThat(drover(drover, "get", "events", "--type", "Warning")
                            .out()
                            .replaceAll(" +", " "))
                    .contains(" Warning OOMKilled worker/web-0 1 Killed by SIGKILL: out of memory.");

            // when
            Procs.signal(drover.workers().getFirst().pid(), "KILL");
            drover.awaitLog("Worker ready worker=web-0.3");

            // then
            assertThat(lastExit(drover))
                    .extracting(Exit::getReason, Exit::getMessage)
                    .containsExactly("Error", "killed by SIGKILL");
            drover.stop();
        }
    }

    private static Exit lastExit(dev.drover.it.fixtures.DroverProcess drover) {
        try (var control = Control.of(drover)) {
            return control.workers().getFirst().getLastExit();
        }
    }
}
