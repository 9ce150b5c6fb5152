package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Workers are replaced; no request is lost.
@Tag("slow")
class ReplaceTest {
    private static final int REPLACEMENTS = 100;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void noRequestIsLostWhileWorkersAreReplacedAHundredTimes() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        try (var control = Control.of(drover);
                var keepAlive =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS));
                var perConnection = Loader.start(
                        Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            for (int i = 0; i < REPLACEMENTS; i++) {
                replace(drover, control, "web-" + i % 2);
                keepAlive.awaitAnswers(20, DroverProcess.PATIENCE);
                perConnection.awaitAnswers(20, DroverProcess.PATIENCE);
            }

            // then
            assertThat(List.of(keepAlive.stop(), perConnection.stop())).allSatisfy(result -> {
                assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
                assertThat(result.answered()).isGreaterThan(20L * REPLACEMENTS);
            });
        }
    }

    private static void replace(DroverProcess drover, Control control, String name) {
        int before = newest(control, name);
        control.restart(name);
        drover.until("the next incarnation of " + name + " alone and ready", () -> {
            var incarnations = control.workers().stream()
                    .filter(worker -> worker.getName().equals(name))
                    .toList();
            return incarnations.size() == 1
                    && incarnations.getFirst().getIncarnation() > before
                    && incarnations.getFirst().getState() == WorkerState.WORKER_STATE_READY;
        });
    }

    private static int newest(Control control, String name) {
        return control.workers().stream()
                .filter(worker -> worker.getName().equals(name))
                .mapToInt(Worker::getIncarnation)
                .max()
                .orElseThrow();
    }
}
