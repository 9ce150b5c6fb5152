package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.LoadResult;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is changed, and however fast: no client notices. The clients never try again.
@Tag("slow")
class ChangesUnderLoadTest {
    /// Of each kind of load; the rest of the machine starts workers.
    private static final double RATE = 300;

    /// A client that comes while there is no worker waits for the next one.
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess serve(Pools pool, int workers) {
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), workers);
        return drover;
    }

    /// Runs the change between clients that keep their connections and clients that open one for each request.
    private static void nobodyFails(Pools pool, Callable<?> change) throws Exception {
        try (var keepAlive = Loader.start(loaded(Load.keepAlive(pool.address())));
                var perConnection = Loader.start(loaded(Load.perConnection(pool.address())))) {
            keepAlive.awaitAnswers(50, PATIENCE);
            perConnection.awaitAnswers(50, PATIENCE);
            change.call();
            keepAlive.awaitAnswers(50, PATIENCE);
            perConnection.awaitAnswers(50, PATIENCE);
            for (LoadResult result : List.of(keepAlive.stop(), perConnection.stop())) {
                assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            }
        }
    }

    private static Load loaded(Load load) {
        return load.clients(4).duration(Load.ENDLESS).rate(RATE).timeouts(PATIENCE, PATIENCE);
    }

    private void version(Pools pool, int number) throws Exception {
        // As a ConfigMap is swapped: in one step.
        var next = Files.writeString(
                directory.resolve("next"), pool.yaml() + "    env: [{name: VERSION, value: \"" + number + "\"}]\n");
        Files.move(next, directory.resolve("pool.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void allWorkersAreRolledEveryThreeSeconds() throws Exception {
        var pool = Pools.hello(3);
        var drover = serve(pool, 3);
        var changes = new AtomicInteger();
        nobodyFails(pool, () -> {
            try (var clock = Executors.newSingleThreadScheduledExecutor()) {
                var rolling = clock.scheduleAtFixedRate(
                        () -> {
                            try {
                                version(pool, changes.incrementAndGet());
                                drover.signal("HUP");
                            } catch (Exception failure) {
                                throw new IllegalStateException(failure);
                            }
                        },
                        0,
                        3,
                        TimeUnit.SECONDS);
                drover.until("ten changes", () -> changes.get() >= 10);
                rolling.cancel(false);
            }
            drover.awaitLog("Rollout complete pool=web revision=" + (changes.get() + 1));
            return changes;
        });
    }

    @Test
    void fiftySwapsOfTheFileEndWithTheLast() throws Exception {
        var pool = Pools.hello(2);
        var drover = serve(pool, 2);
        nobodyFails(pool, () -> {
            for (int i = 1; i <= 50; i++) {
                version(pool, i);
                drover.signal("HUP");
            }
            drover.until("workers of the last version alone", () -> {
                var versions = drover.workers().stream()
                        .map(worker -> dev.drover.it.fixtures.Procs.environment(worker.pid())
                                .get("VERSION"))
                        .toList();
                return versions.equals(List.of("50", "50"));
            });
            return null;
        });
    }

    @Test
    void poolShrinksGrowsVanishesAndComesBack() throws Exception {
        var pool = Pools.hello(8);
        var drover = serve(pool, 8);
        nobodyFails(pool, () -> {
            for (int replicas : List.of(2, 8, 0, 8)) {
                Files.writeString(
                        directory.resolve("pool.yaml"), pool.yaml().replace("replicas: 8", "replicas: " + replicas));
                drover.signal("HUP");
                drover.awaitWorkers(replicas);
            }
            drover.awaitReady(pool.address(), 8);
            return null;
        });
    }
}
