package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.session.fixtures.OpenFiles;
import dev.drover.session.fixtures.TestMaster;
import io.netty.util.concurrent.DefaultEventExecutor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A worker's end: opening, signs of life, the line for people, the end.
class SessionClientTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final TestMaster master = new TestMaster();

    @AfterEach
    void close() {
        master.close();
    }

    private WorkerSession session(String worker) throws InterruptedException {
        master.awaitTold("opened " + worker);
        return master.sessions.getLast();
    }

    private static void awaitBeat(WorkerSession session) {
        long last = session.heartbeatNanos();
        Await.until("a sign of life", () -> session.heartbeatNanos() != last);
    }

    @Test
    void signsOfLifeComeByThemselves() throws Exception {
        // given
        master.openWorker("web-0");

        // when
        var session = session("web-0");
        awaitBeat(session);
        awaitBeat(session);

        // then
        assertThat(session.load()).isEmpty();
    }

    @Test
    void signsOfLifeStopWhileTheLoopThatServesHangs() throws Exception {
        // given
        var serving = new DefaultEventExecutor();
        var worker = master.worker("web-0");
        worker.heartbeatBy(serving);
        var _ = worker.open();
        var session = session("web-0");
        awaitBeat(session);
        var gate = new CountDownLatch(1);
        var hangs = new CountDownLatch(1);
        serving.execute(() -> {
            hangs.countDown();
            Await.zero(gate);
        });
        Await.zero(hangs);
        var flush = master.parent().request(Address.worker("web-0"), Payload.text("?"), Duration.ofMillis(500));

        // when
        Await.failure(flush);
        long silentSince = session.heartbeatNanos();
        long silence = System.nanoTime() - silentSince;
        gate.countDown();
        awaitBeat(session);

        // then
        assertThat(Duration.ofNanos(silence)).isGreaterThan(Duration.ofMillis(300));
        serving.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void anotherLoopTakesOverFromOneThatHangs() throws Exception {
        // given
        var worker = master.worker("web-0");
        Queue<Runnable> never = new ArrayDeque<>();
        worker.heartbeatBy(never::add);
        var _ = worker.open();
        var session = session("web-0");
        Await.until("a sign of life is asked for", () -> !never.isEmpty());

        // when
        worker.heartbeatBy(Runnable::run);

        // then
        awaitBeat(session);
        assertThat(never).hasSize(1);
    }

    @Test
    void loopThatThrowsIsAskedAgain() throws Exception {
        // given
        var worker = master.worker("web-0");
        var asked = new AtomicInteger();
        worker.heartbeatBy(task -> {
            if (asked.incrementAndGet() < 4) {
                throw new IllegalStateException("on purpose");
            }
            task.run();
        });
        var _ = worker.open();

        // when
        var session = session("web-0");
        awaitBeat(session);

        // then
        assertThat(asked).hasValueGreaterThanOrEqualTo(4);
    }

    @Test
    void signOfLifeAfterTheEndIsNobodysProblem() throws Exception {
        // given
        var worker = master.worker("web-0");
        var tasks = new LinkedBlockingQueue<Runnable>();
        worker.heartbeatBy(tasks::add);
        var _ = worker.open();
        session("web-0");
        var sign = Await.next(tasks);
        worker.close();
        Await.of(worker.ended());
        Await.until("its thread has ended", () -> threads("drover-session-") < 2);

        // when
        sign.run();

        // then
        assertThat(worker.ended()).isDone();
    }

    /// Those of the master and the worker; before they may be of masters that are ending.
    private static long threads(String prefix) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(it -> it.getName().startsWith(prefix))
                .count();
    }

    @Test
    void loadIsTold() throws Exception {
        // given
        var worker = master.worker("web-0");
        worker.reportLoad(() -> new Load(7, 3, 40));

        // when
        var _ = worker.open();
        var session = session("web-0");
        awaitBeat(session);

        // then
        assertThat(session.load()).contains(new Load(7, 3, 40));
    }

    @Test
    void loadThatCannotBeToldIsLeftOut() throws Exception {
        // given
        var worker = master.worker("web-0");
        worker.reportLoad(() -> {
            throw new IllegalStateException("on purpose");
        });

        // when
        var _ = worker.open();
        var session = session("web-0");
        awaitBeat(session);
        awaitBeat(session);

        // then
        assertThat(session.load()).isEmpty();
    }

    @Test
    void lineForPeopleIsToldAlsoWhenItWasSaidBefore() throws Exception {
        // given
        var worker = master.worker("web-0");
        worker.status("warming up");

        // when
        var _ = worker.open();

        // then
        assertThat(master.awaitTold("status")).isEqualTo("status web-0: warming up");
    }

    @Test
    void manyLinesForPeopleAreNoFlood() throws Exception {
        // given
        var worker = master.openWorker("web-0");

        // when
        for (int i = 0; i < 10_000; i++) {
            worker.status("line " + i);
        }

        // then
        assertThat(master.awaitTold("status web-0: line 9999")).isNotEmpty();
        assertThat(worker.ended()).isNotDone();
    }

    @Test
    void longLineForPeopleIsCut() throws Exception {
        // given
        var worker = master.openWorker("web-0");

        // when
        worker.status("\u20ac".repeat(5000));

        // then
        assertThat(master.awaitTold("status")).isEqualTo("status web-0: " + "\u20ac".repeat(256));
    }

    @Test
    void whatIsSaidBeforeItIsOpenWaits() throws Exception {
        // given
        var worker = master.worker("web-0");
        var heard = new LinkedBlockingQueue<String>();
        master.parent().onMessage(message -> heard.add(message.payload().text()));

        // when
        var sent = worker.messenger().send(Address.parent(), Payload.text("early"));

        // then
        assertThat(Await.next(heard)).isEqualTo("early");
        assertThat(Await.of(sent)).isEqualTo(Delivery.ONE);
    }

    @Test
    void whoDoesNotWaitFailsBeforeItIsOpen() {
        // given
        var worker = new SessionClient(master.socket(), "undecided", 1);

        // when
        var sent = worker.messenger().send(Address.parent(), Payload.text("early"), WhenFull.fail());

        // then
        assertThat(Await.failure(sent)).isEqualTo(FailureReason.QUEUE_FULL);
        worker.close();
    }

    @Test
    void closedWhileItIsOpenedItEndsAtOnce() {
        // given
        var worker = new SessionClient(master.socket(), "undecided", 1);
        var opened = worker.open();
        var waiting = CompletableFuture.supplyAsync(
                () -> Await.failure(worker.messenger().send(Address.parent(), Payload.text("early"))));

        // when
        long start = System.nanoTime();
        worker.close();
        var why = Await.of(worker.ended());
        long took = System.nanoTime() - start;

        // then
        assertThat(why).isEqualTo("the worker ended the session");
        assertThat(Duration.ofNanos(took)).isLessThan(SessionLimits.HELLO_TIMEOUT.minusSeconds(1));
        assertThatThrownBy(() -> Await.of(opened)).hasRootCauseInstanceOf(SessionException.class);
        assertThat(Await.of(waiting)).isEqualTo(FailureReason.NO_RECEIVER);
    }

    @Test
    void closedBeforeItIsOpenedItHasEnded() {
        // given
        var worker = master.worker("web-0");

        // when
        worker.close();
        worker.close();
        var sent = worker.messenger().send(Address.parent(), Payload.text("m"));

        // then
        assertThat(Await.of(worker.ended())).isEqualTo("closed by this side");
        assertThat(Await.failure(sent)).isEqualTo(FailureReason.NO_RECEIVER);
    }

    @Test
    void masterThatIsNotThereIsTold() {
        // given
        var worker = new SessionClient(Path.of("/nowhere/session.sock"), "ticket", 1);

        // when
        var opened = worker.open();

        // then
        assertThatThrownBy(() -> Await.of(opened))
                .rootCause()
                .hasMessageStartingWith("cannot open the session at /nowhere/session.sock: UNAVAILABLE");
        assertThat(Await.failure(worker.messenger().send(Address.parent(), Payload.text("m"))))
                .isEqualTo(FailureReason.NO_RECEIVER);
    }

    @Test
    void endOfTheMasterFailsWhatIsOpenAndWakesWhoWaits() {
        // given
        var worker = master.openWorker("web-0");
        var asked = new LinkedBlockingQueue<IncomingRequest>();
        master.parent().onRequest(asked::add);
        var gate = new CountDownLatch(1);
        master.parent().onMessage(_ -> Await.zero(gate));
        var request = worker.messenger().request(Address.parent(), Payload.text("?"), Duration.ofMinutes(1));
        Await.next(asked);
        var blocked = CompletableFuture.supplyAsync(() -> {
            CompletableFuture<Delivery> last;
            do {
                last = worker.messenger().send(Address.parent(), Payload.text("m"));
            } while (!last.isCompletedExceptionally());
            return Await.failure(last);
        });
        var fresh = worker.messenger();
        Await.until(
                "there is no room",
                () -> fresh.send(Address.parent(), Payload.text("m"), WhenFull.fail())
                        .isCompletedExceptionally());

        // when
        long start = System.nanoTime();
        master.stop();
        var ofRequest = Await.failure(request);
        var ofWaiting = Await.of(blocked);
        long took = System.nanoTime() - start;
        gate.countDown();

        // then
        assertThat(ofRequest).isEqualTo(FailureReason.PEER_GONE);
        assertThat(ofWaiting).isEqualTo(FailureReason.PEER_GONE);
        assertThat(Duration.ofNanos(took)).isLessThan(TIMEOUT);
        assertThat(Await.of(worker.ended())).isNotEmpty();
    }

    @Test
    void nothingOfAnEndedSessionStaysOpen() throws Exception {
        // given
        master.openWorker("web-0").close();
        master.awaitTold("closed web-0");
        long before = OpenFiles.count();

        // when
        for (int i = 0; i < 20; i++) {
            var name = "web-" + (i + 1);
            var worker = master.openWorker(name);
            worker.close();
            Await.of(worker.ended());
        }

        // then
        Await.until("all is closed", () -> OpenFiles.count() <= before);
    }

    @Test
    void manyThatCannotOpenLeaveNothing() {
        // given
        Await.failureOf(new SessionClient(Path.of("/nowhere"), "ticket", 1).open());
        long before = OpenFiles.count();

        // when
        for (int i = 0; i < 20; i++) {
            Await.failureOf(new SessionClient(Path.of("/nowhere"), "ticket", 1).open());
            Await.failureOf(new SessionClient(master.socket(), "wrong", 1).open());
        }

        // then
        Await.until("all is closed", () -> OpenFiles.count() <= before);
    }
}
