package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.protocol.control.v1.WorkerUsage;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What a real master and its workers use is told.
@Tag("slow")
class UsageTest {
    private static final long MEBI = 1 << 20;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void theMasterAndItsWorkersAreMeasuredAlsoAfterADeath() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);
        try (var control = Control.of(drover)) {
            // when
            var first = control.usage();

            // then
            assertThat(first.getMaster().getPid()).isEqualTo((int) drover.pid());
            assertThat(first.getWorkersList()).extracting(WorkerUsage::getName).containsExactly("web-0", "web-1");
            assertThat(first.getWorkersList()).allSatisfy(worker -> {
                assertThat(worker.getUsage().getRssBytes()).isBetween(20 * MEBI, 400 * MEBI);
                assertThat(worker.getUsage().getCpuSeconds()).isPositive();
                assertThat(worker.getUsage().getDescriptors()).isGreaterThan(3);
            });

            // when
            int killed = first.getWorkers(0).getUsage().getPid();
            Procs.signal(killed, "KILL");

            // then
            drover.until(
                    "its successor is measured, and the other again",
                    () -> control.usage().getWorkersList().stream()
                                    .anyMatch(worker -> worker.getName().equals("web-0")
                                            && worker.getIncarnation() == 2
                                            && worker.getRestarts() == 1
                                            && worker.getUsage().getPid() != killed)
                            && control.usage().getWorkers(1).getUsage().hasCpuCores());
        }
    }
}
