package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.session.fixtures.RawWorker;
import dev.drover.session.fixtures.TestMaster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Requests while workers come and go: each has one outcome, and none comes late. `-Ddrover.seed=N` lets the same
/// workers come and go.
class ChaosTest {
    private static final int WORKERS = 6;

    /// What a loaded machine may add to a deadline.
    /// Requests of one sender between two that leave: on a fast machine all would be over before anybody does.
    private static final int ASKED_PER_LEAVING = 50;

    private static final Duration A_LITTLE = Duration.ofSeconds(3);

    private final long seed =
            Long.getLong("drover.seed", ThreadLocalRandom.current().nextLong());
    private final TestMaster master = new TestMaster();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final Map<String, AtomicInteger> outcomes = new ConcurrentHashMap<>();
    private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

    @AfterEach
    void close() {
        master.close();
    }

    @Test
    void tenThousandRequests() throws Exception {
        play(10_000);
    }

    @Test
    @Tag("slow")
    void hundredThousandRequests() throws Exception {
        play(100_000);
    }

    private void play(int requests) throws Exception {
        // given
        var churn = Thread.ofPlatform().start(this::comeAndGo);
        var first = master.openWorker("asking-0").messenger();
        var second = master.openWorker("asking-1").messenger();
        var told = new CountDownLatch(requests);

        // when
        var threads = new ArrayList<Thread>();
        for (var asking : List.of(first, second, master.parent(), master.parent())) {
            threads.add(Thread.ofPlatform().start(() -> ask(asking, requests / 4, told)));
        }
        for (var thread : threads) {
            thread.join();
        }
        boolean all = told.await(30, java.util.concurrent.TimeUnit.SECONDS);
        stop.set(true);
        churn.join();

        // then
        assertThat(all)
                .as("drover.seed=%d: each has an outcome, %s", seed, counts())
                .isTrue();
        assertThat(counts().values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(requests);
        assertThat(Duration.ofNanos(latest.get())).as("after its deadline").isLessThan(A_LITTLE);
        assertThat(counts()).containsKey("replied").containsKey("PEER_GONE");
        assertThat(counts().keySet())
                .isSubsetOf(
                        "replied",
                        "PEER_GONE",
                        "NO_RECEIVER",
                        "NO_HANDLER",
                        "QUEUE_FULL",
                        "DEADLINE_EXCEEDED",
                        "HANDLER_FAILED",
                        "CANCELLED");
    }

    private Map<String, Integer> counts() {
        var counts = new TreeMap<String, Integer>();
        outcomes.forEach((what, count) -> counts.put(what, count.get()));
        return counts;
    }

    private void ask(Messenger messenger, int times, CountDownLatch told) {
        var random = new Random(seed);
        for (int i = 0; i < times; i++) {
            var timeout = Duration.ofMillis(20 + random.nextInt(500));
            if (i % ASKED_PER_LEAVING == 0) {
                int before = left.get();
                Await.until("somebody leaves", () -> left.get() > before);
            }
            long deadline = System.nanoTime() + timeout.toNanos();
            var to = Address.worker("web-" + random.nextInt(WORKERS));
            var _ = messenger.request(to, Payload.text("?"), timeout).whenComplete((_, failure) -> {
                long late = System.nanoTime() - deadline;
                latest.accumulateAndGet(late, Math::max);
                var what = failure == null
                        ? "replied"
                        : ((MessageException) failure).reason().name();
                outcomes.computeIfAbsent(what, _ -> new AtomicInteger()).incrementAndGet();
                told.countDown();
            });
        }
    }

    private void comeAndGo() {
        var random = new Random(seed);
        var leaving = new ArrayList<Runnable>();
        while (!stop.get()) {
            while (leaving.size() >= WORKERS) {
                leaving.remove(random.nextInt(leaving.size())).run();
                left.incrementAndGet();
            }
            leaving.add(come("web-" + random.nextInt(WORKERS), random));
            LockSupport.parkNanos(1_000_000);
        }
        leaving.forEach(Runnable::run);
    }

    /// @return how it leaves
    private Runnable come(String name, Random random) {
        if (random.nextInt(4) == 0) {
            try {
                var silent = new RawWorker(master.socket()).greet(master.expect(name));
                return silent::die;
            } catch (InterruptedException failure) {
                throw new AssertionError(failure);
            }
        }
        var worker = master.openWorker(name);
        worker.messenger().onRequest(request -> request.reply(request.payload()));
        if (random.nextBoolean()) {
            return worker::close;
        }
        var session = master.sessions.getLast();
        return session::close;
    }
}
