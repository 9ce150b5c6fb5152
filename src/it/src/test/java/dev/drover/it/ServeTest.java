package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Connections;
import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.protocol.control.v1.WorkerState;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What a stranger sees first: one port, several workers.
@Tag("slow")
class ServeTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void everyWorkerServesTheOnePort() throws Exception {
        // given
        var pool = Pools.hello(3);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 3);

        // when
        var result = Loader.run(Load.perConnection(pool.address()).requests(600));

        // then
        assertThat(result.failed()).isZero();
        assertThat(result.answersByPid()).hasSize(3);
        assertThat(result.answersByPid().values()).allMatch(answers -> answers > 120);
        assertThat(result.answersByPid().keySet())
                .isEqualTo(drover.workers().stream()
                        .map(worker -> worker.pid())
                        .collect(java.util.stream.Collectors.toSet()));
    }

    @Test
    void aWorkerGreetsAndTellsWhoItIs() throws Exception {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);
        long pid = drover.workers().getFirst().pid();

        // when
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://127.0.0.1:" + pool.address().getPort() + "/");
            var answer = client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());

            // then
            assertThat(answer.body()).isEqualTo("Hello World from web-0 (pid " + pid + ")");
            assertThat(answer.headers().firstValue("X-Worker")).contains("web-0");
            assertThat(answer.headers().firstValue("X-Worker-Pid")).contains(Long.toString(pid));
        }
    }

    @Test
    void aWorkerThatIsStartedButNotReadyGetsNoClient() throws Exception {
        // given: both accept, one never says that it is ready
        var pool = Pools.systemd(2, "python3", Pools.program("serve.py"))
                .template("env: [{name: READY_ORDINALS, value: '1'}]");
        var drover = drovers.run("-f", pool.write(directory).toString());
        try (var control = Control.of(drover)) {
            drover.awaitLog("Worker ready");
            drover.awaitWorkers(2);

            // when
            var result = Loader.run(Load.perConnection(pool.address()).requests(400));

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answersByPid())
                    .containsOnlyKeys(drover.workers().get(1).pid());
            assertThat(control.workers())
                    .extracting(worker -> worker.getState())
                    .containsExactly(WorkerState.WORKER_STATE_STARTING, WorkerState.WORKER_STATE_READY);
        }
    }

    @Test
    void clientsThatComeBeforeAnybodyIsReadyWaitAndAreAnswered() throws Exception {
        // given
        var pool = Pools.hello(2).template("env: [{name: HELLO_STARTUP_DELAY_MS, value: '1500'}]");
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitWorkers(2);

        // when
        try (var connections = Connections.open(pool.address(), 40)) {
            assertThat(drover.stdout()).doesNotContain("Worker ready");
            var result = connections.collect(DroverProcess.PATIENCE);

            // then
            assertThat(result.failures()).as("%s", result.firstFailures()).isEmpty();
            assertThat(result.answered()).isEqualTo(40);
        }
    }

    @Test
    void everyWorkerOfASharedSocketAcceptsFromIt() throws Exception {
        // given
        var pool = Pools.hello(2).socket("distribution: {mode: Shared}");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(300)).failed())
                .isZero();
    }
}
