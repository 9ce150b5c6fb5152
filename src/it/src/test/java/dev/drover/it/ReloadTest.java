package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What changes around a master is taken up without a signal, and costs no client.
@Tag("slow")
class ReloadTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// As the kubelet does it: a folder for each version, and one link that is swapped.
    private void mount(String version, String yaml) throws IOException {
        Files.writeString(Files.createDirectory(directory.resolve(version)).resolve("pool.yaml"), yaml);
        var link = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of(version));
        Files.move(link, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        if (!Files.exists(directory.resolve("pool.yaml"))) {
            Files.createSymbolicLink(directory.resolve("pool.yaml"), Path.of("..data/pool.yaml"));
        }
    }

    @Test
    void swappedConfigMapIsRolledOutAndABadOneChangesNothing() throws Exception {
        // given
        var pool = Pools.hello(2);
        mount("..1", pool.yaml());
        var drover = drovers.run("-f", directory.toString());
        drover.awaitReady(pool.address(), 2);
        var before = drover.workers();

        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);

            // when
            mount("..2", pool.yaml().replace("replicas: 2", "replicas: two"));
            drover.awaitLog("Pools unchanged: the files have 1 problems");

            // then
            assertThat(drover.workers()).isEqualTo(before);

            // when
            mount("..3", pool.template("env: [{name: VERSION, value: two}]").yaml());
            drover.awaitLog("Rollout complete pool=web revision=2");

            // then
            drover.until(
                    "two other workers",
                    () -> drover.workers().size() == 2 && before.stream().noneMatch(drover.workers()::contains));
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    @Test
    void poolWithoutReplicasFollowsTheNumberOfCpus() throws Exception {
        // given
        var pool = Pools.hello(1).perCpu();
        int cpus = Runtime.getRuntime().availableProcessors();
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), cpus);

        // when
        affinity(drover, "0");
        drover.awaitWorkers(1);
        affinity(drover, "0-" + (cpus - 1));

        // then
        drover.awaitReady(pool.address(), cpus);
        drover.awaitWorkers(cpus);
    }

    private static void affinity(DroverProcess drover, String cpus) throws IOException, InterruptedException {
        var taskset = new ProcessBuilder("taskset", "-a", "-c", "-p", cpus, Long.toString(drover.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(taskset.waitFor()).isZero();
    }
}
