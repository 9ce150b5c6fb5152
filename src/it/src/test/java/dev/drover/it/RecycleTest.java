package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Workers that have served for long enough, or have grown too large, are replaced while clients load them.
@Tag("slow")
class RecycleTest {
    private static final int WORKERS = 2;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), WORKERS);
        return drover;
    }

    private static long wornOut(DroverProcess drover, String bound) {
        return drover.stdout()
                .lines()
                .filter(line -> line.contains("Worker worn out worker=web-") && line.contains(bound))
                .count();
    }

    /// Loads the pool until each worker has been worn out, more than once all together, and replaced.
    private static void assertRecycledWithoutAFailure(DroverProcess drover, Load load, String bound) throws Exception {
        // when
        try (var control = Control.of(drover);
                var loader = Loader.start(load)) {
            drover.until("workers to be worn out again and again", () -> wornOut(drover, bound) >= 4);
            drover.until(
                    "each of them to be replaced",
                    () -> control.workers().stream()
                                    .filter(worker -> worker.getIncarnation() > 1)
                                    .map(worker -> worker.getName())
                                    .distinct()
                                    .count()
                            == WORKERS);
            var result = loader.stop();

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answersByPid()).hasSizeGreaterThan(WORKERS);
            assertThat(control.workers()).allMatch(worker -> worker.getRestarts() == 0);
        }
        assertThat(drover(drover, "get", "events").out()).contains("WornOut", "Has reached " + bound);
    }

    @Test
    void aWorkerThatLeaksIsReplacedBeforeItIsTooLarge() throws Exception {
        // given
        var pool = Pools.leaking(WORKERS).spec("recycle: {maxMemoryMiB: 160, jitterPercent: 0}");
        var drover = serve(pool);

        // then
        assertRecycledWithoutAFailure(
                drover, Load.perConnection(pool.address()).clients(4).rate(40), "maxMemoryMiB");
    }

    @Test
    void workersAreReplacedAfterSoManyRequests() throws Exception {
        // given
        var pool = Pools.hello(WORKERS).spec("recycle: {maxRequests: 100}");
        var drover = serve(pool);

        // then
        assertRecycledWithoutAFailure(
                drover, Load.keepAlive(pool.address()).clients(4).rate(400), "maxRequests");
    }

    @Test
    void workersAreReplacedWhenTheyAreOldEnough() throws Exception {
        // given
        var pool = Pools.hello(WORKERS).spec("recycle: {maxAgeSeconds: 2}");
        var drover = serve(pool);

        // then
        assertRecycledWithoutAFailure(drover, Load.perConnection(pool.address()).rate(50), "maxAgeSeconds");
    }
}
