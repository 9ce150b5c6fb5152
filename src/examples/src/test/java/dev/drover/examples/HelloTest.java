package dev.drover.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.worker.fixtures.FakeMaster;
import dev.drover.worker.fixtures.Listening;
import dev.drover.worker.fixtures.RawClient;
import java.io.Closeable;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The worker as its own process, with a master and clients that are not.
@Timeout(180)
@Tag("slow")
class HelloTest {
    @TempDir
    Path directory;

    private Listening listening;
    private FakeMaster master;
    private final List<HelloProcess> processes = new ArrayList<>();

    @BeforeEach
    void startMaster() {
        listening = Listening.tcp("http");
        master = new FakeMaster(directory, List.of(listening.handle()));
    }

    @AfterEach
    void stopAll() {
        processes.forEach(HelloProcess::close);
        master.close();
        listening.close();
    }

    private HelloProcess start(Map<String, String> extra) {
        var environment = new HashMap<>(master.environment());
        environment.putAll(extra);
        return startWith(environment);
    }

    private HelloProcess startWith(Map<String, String> environment, String... arguments) {
        var output = new File(directory.toFile(), "output-" + processes.size());
        var process = HelloProcess.start(output, environment, arguments);
        processes.add(process);
        return process;
    }

    private HelloProcess startReady() {
        var process = start(Map.of());
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        master.awaitSaid("ready");
        return process;
    }

    private RawClient connect() {
        return RawClient.connect(listening.port());
    }

    @Test
    void itJoinsSaysReadyAndTellsWhoAnswers() {
        // given
        var hello = startReady();
        try (var client = connect()) {
            // when
            var greeting = client.get("/").answer();
            var echo = client.get("/?id=abc").answer();
            var head = client.send("HEAD / HTTP/1.1\r\n\r\n").answer(false);
            var other = client.get("/other").answer();
            var post = client.send("POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab")
                    .answer();
            var wrong = client.get("/?sleep=x").answer();
            var big = client.get("/?bytes=3000000").answer();

            // then
            assertThat(greeting.status()).isEqualTo(200);
            assertThat(greeting.body()).isEqualTo("Hello World from web-0 (pid " + hello.pid() + ")");
            assertThat(greeting.headers())
                    .containsEntry("x-worker", "web-0")
                    .containsEntry("x-worker-pid", Long.toString(hello.pid()))
                    .containsEntry("content-type", "text/plain; charset=utf-8");
            assertThat(echo.body()).isEqualTo("ok abc " + hello.pid());
            assertThat(head.headers()).isEqualTo(greeting.headers());
            assertThat(other.status()).isEqualTo(404);
            assertThat(post.status()).isEqualTo(405);
            assertThat(post.headers()).containsEntry("allow", "GET, HEAD");
            assertThat(wrong.status()).isEqualTo(400);
            assertThat(big.body()).hasSize(3_000_000);
        }
    }

    @Test
    void itServesAThousandRequestsOnOneConnectionOneEachAndPipelined() {
        // given
        startReady();

        // when
        try (var client = connect()) {
            for (int i = 0; i < 1000; i++) {
                // then
                assertThat(client.get("/?id=" + i).answer().body()).startsWith("ok " + i + " ");
            }
        }
        for (int i = 0; i < 1000; i++) {
            try (var client = connect()) {
                assertThat(client.get("/?id=" + i).answer().body()).startsWith("ok " + i + " ");
            }
        }
        try (var client = connect()) {
            for (int i = 0; i < 1000; i++) {
                client.get("/?id=" + i + (i % 100 == 0 ? "&sleep=1" : ""));
            }
            for (int i = 0; i < 1000; i++) {
                assertThat(client.answer().body()).startsWith("ok " + i + " ");
            }
        }
    }

    @Test
    void atTheStopSignalItAnswersWhatItHasAndExitsWithZero() throws InterruptedException {
        // given
        var hello = startReady();
        try (var idle = connect();
                var waiting = connect().get("/?sleep=300&id=1")) {
            idle.get("/").answer();

            // when
            hello.stop();
            master.awaitSaid("draining");
            var answer = waiting.answer();
            var late = idle.get("/").answer();

            // then
            assertThat(answer.body()).startsWith("ok 1 ");
            assertThat(answer.closes()).isTrue();
            assertThat(late.closes()).isTrue();
            assertThat(idle.endsCleanly()).isTrue();
            assertThat(waiting.endsCleanly()).isTrue();
        }
        assertThat(hello.awaitExit(3)).isZero();
        master.awaitSaid("gone");
        assertThat(hello.output()).isEmpty();
    }

    @Test
    void aSecondStopSignalEndsItAtOnce() throws InterruptedException {
        // given
        var hello = startReady();
        try (var idle = connect()) {
            idle.get("/").answer();
            hello.stop();
            master.awaitSaid("draining");

            // when
            hello.stop();

            // then
            assertThat(hello.awaitExit(2)).isEqualTo(143);
        }
    }

    @Test
    void itLeavesWithinTwoSecondsOfItsMasterThoughAClientStays() throws InterruptedException {
        // given
        var hello = startReady();
        try (var idle = connect()) {
            idle.get("/").answer();
            long start = System.nanoTime();

            // when
            master.close();

            // then
            assertThat(hello.awaitExit(5)).isZero();
            assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        }
    }

    @Test
    void withoutAMasterItSaysHowItIsStarted() throws InterruptedException {
        // when
        var hello = startWith(Map.of());

        // then
        assertThat(hello.awaitExit(20)).isEqualTo(1);
        assertThat(hello.output())
                .contains("DROVER_RUN_DIR", "drover run -f pool.yaml")
                .doesNotContain("Exception");
    }

    @Test
    void anUnknownArgumentIsToldWithTheUsage() throws InterruptedException {
        // when
        var hello = startWith(Map.of(), "--prot", "80");

        // then
        assertThat(hello.awaitExit(20)).isEqualTo(2);
        assertThat(hello.output()).contains("--prot", "usage");
    }

    @Test
    void oneThatIsNeverReadyLeavesItsClientsInTheQueue() throws InterruptedException {
        // given
        var hello = start(Map.of("HELLO_READY", "never", "HELLO_STARTUP_DELAY_MS", "1"));
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        try (var client = connect()) {
            client.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");

            // when
            hello.stop();
            master.awaitSaid("draining");
            assertThat(hello.awaitExit(5)).isZero();

            master.awaitSaid("gone");
            start(Map.of());
            master.awaitSaid("joined");
            master.awaitSaid("acknowledged 2");
            master.awaitSaid("ready");

            // then
            assertThat(client.answer().status()).isEqualTo(200);
        }
    }

    /// The kernel's queue is the master's: what one worker has not accepted the next one answers.
    @Test
    void clientsThatHonourCloseLoseNothingWhenTheWorkerIsReplacedUnderLoad() throws Exception {
        replaceUnderLoad(1);
    }

    @Test
    void manyReplacementsUnderLoadLoseNothing() throws Exception {
        replaceUnderLoad(20);
    }

    private void replaceUnderLoad(int times) throws Exception {
        // given
        int clients = 8;
        var answered = new Semaphore(0);
        var stop = new CountDownLatch(1);
        var hello = startReady();
        // Closed in the opposite order, so that a test that fails ends.
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                Closeable _ = stop::countDown) {
            var loads = new ArrayList<Future<?>>();
            for (int i = 0; i < clients; i++) {
                boolean keepsAlive = i % 2 == 0;
                loads.add(threads.submit(() -> load(stop, answered, keepsAlive)));
            }

            // when
            for (int i = 0; i < times; i++) {
                awaitAnswers(answered);
                hello.stop();
                master.awaitSaid("draining");
                assertThat(hello.awaitExit(10)).isZero();
                master.awaitSaid("gone");
                hello = start(Map.of());
                master.awaitSaid("joined");
                master.awaitSaid("acknowledged " + (i + 2));
                master.awaitSaid("ready");
            }
            awaitAnswers(answered);
            stop.countDown();

            // then
            for (var load : loads) {
                // Throws what a client has seen go wrong.
                load.get();
            }
        }
    }

    private static void awaitAnswers(Semaphore answered) throws InterruptedException {
        answered.drainPermits();
        answered.acquire(200);
    }

    private void load(CountDownLatch stop, Semaphore answered, boolean keepsAlive) {
        while (stop.getCount() > 0) {
            try (var client = connect()) {
                boolean closes = false;
                while (!closes && stop.getCount() > 0) {
                    var answer = client.get("/?id=abc").answer();
                    assertThat(answer.body()).startsWith("ok abc ");
                    answered.release();
                    closes = answer.closes() || !keepsAlive;
                }
            }
        }
    }
}
