package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.protocol.control.v1.WorkerState;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// HUP reads the files again, TTIN and TTOU want one worker more or fewer.
@Tag("slow")
class SignalsTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void aChangedTemplateIsRolledWithoutLosingARequest() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        try (var control = Control.of(drover);
                var load =
                        Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(200, DroverProcess.PATIENCE);
            pool.template("env: [{name: GREETING, value: other}]").write(directory);
            drover.signal("HUP");

            // then
            drover.until("two workers of the second revision and no other", () -> {
                var workers = control.workers();
                return workers.size() == 2
                        && workers.stream()
                                .allMatch(worker -> worker.getRevision() == 2
                                        && worker.getState() == WorkerState.WORKER_STATE_READY);
            });
            load.awaitAnswers(200, DroverProcess.PATIENCE);
            var result = load.stop();
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
        }
    }

    @Test
    void aBadFileChangesNothingAndIsTold() throws Exception {
        // given
        var pool = Pools.hello(1);
        var file = pool.write(directory);
        var drover = drovers.run("-f", file.toString());
        drover.awaitReady(pool.address(), 1);
        var before = drover.workers();

        // when
        Files.writeString(file, pool.yaml().replace("replicas: 1", "replicas: many"));
        drover.signal("HUP");

        // then
        drover.awaitLog("spec.replicas");
        assertThat(drover.workers()).isEqualTo(before);
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(20)).failed())
                .isZero();
    }

    @Test
    void oneWorkerMoreAndOneFewer() {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when / then
        drover.signal("TTIN");
        drover.awaitWorkers(2);
        drover.awaitReady(pool.address(), 2);
        drover.signal("TTOU");
        drover.awaitWorkers(1);
        assertThat(drover.workers()).extracting(DroverProcess.Worker::worker).containsExactly("web-0");
    }
}
