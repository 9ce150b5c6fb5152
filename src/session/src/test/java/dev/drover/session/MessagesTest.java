package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.session.fixtures.RawWorker;
import dev.drover.session.fixtures.TestMaster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Messages and requests between workers, the parent and programs, over real sockets.
class MessagesTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestMaster master = new TestMaster();
    private final LinkedBlockingQueue<IncomingRequest> asked = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        master.close();
    }

    private static final class Keeper implements Subscriber {
        final LinkedBlockingQueue<IncomingMessage> messages = new LinkedBlockingQueue<>();

        @Override
        public void message(IncomingMessage message, Receipt receipt) {
            messages.add(message);
            receipt.sign();
        }

        @Override
        public void request(IncomingRequest request, Receipt receipt) {
            receipt.sign();
            request.reply(Payload.text("program answers " + request.from()));
        }

        @Override
        public boolean listensTo(Address sender) {
            return true;
        }

        @Override
        public boolean answers() {
            return true;
        }
    }

    @Test
    void workerAndProgramSpeakToEachOther() {
        // given
        var worker = master.openWorker("web-0");
        worker.messenger().onRequest(request -> request.reply(Payload.text("worker answers " + request.from())));
        var keeper = new Keeper();
        var name = new Address.Program("ops");
        var _ = master.switchboard().subscribe(name, keeper).orElseThrow();

        // when
        var message = worker.messenger().send(name, Payload.text("m"));
        var toProgram = worker.messenger().request(name, Payload.text("?"), LONG);
        var toWorker = master.switchboard().program(name).request(Address.worker("web-0"), Payload.text("?"), LONG);

        // then
        assertThat(Await.of(message)).isEqualTo(Delivery.ONE);
        assertThat(Await.next(keeper.messages).from()).isEqualTo(Address.worker("web-0"));
        assertThat(Await.of(toProgram).text()).isEqualTo("program answers web-0");
        assertThat(Await.of(toWorker).text()).isEqualTo("worker answers program/ops");
    }

    @Test
    void parentWithoutAHandlerIsNobody() {
        // given
        var worker = master.openWorker("web-0").messenger();

        // when
        var message = worker.send(Address.parent(), Payload.text("m"));
        var request = worker.request(Address.parent(), Payload.text("?"), LONG);

        // then
        assertThat(Await.failure(message)).isEqualTo(FailureReason.NO_RECEIVER);
        assertThat(Await.failure(request)).isEqualTo(FailureReason.NO_RECEIVER);
    }

    @Test
    void parentAnswersAWorker() {
        // given
        var worker = master.openWorker("web-0").messenger();
        master.parent().onRequest(request -> request.reply(Payload.text("parent answers " + request.from())));

        // when
        var reply = worker.request(Address.parent(), Payload.text("?"), LONG);

        // then
        assertThat(Await.of(reply).text()).isEqualTo("parent answers web-0");
    }

    @Test
    void workerWithoutHandlersSaysSo() {
        // given
        master.openWorker("web-0");

        // when
        var message = master.parent().send(Address.worker("web-0"), Payload.text("m"));
        var request = master.parent().request(Address.worker("web-0"), Payload.text("?"), LONG);

        // then
        assertThat(Await.failure(message)).isEqualTo(FailureReason.NO_HANDLER);
        assertThat(Await.failure(request)).isEqualTo(FailureReason.NO_HANDLER);
    }

    @Test
    void workerThatIsNotHandlingYetIsWaitedFor() {
        // given
        var worker = master.worker("web-0");
        worker.messenger().onMessage(_ -> {});
        Await.of(worker.open());
        var sent = master.parent().send(Address.worker("web-0"), Payload.text("m"));
        boolean early = sent.isDone();

        // when
        worker.handle();

        // then
        assertThat(early).isFalse();
        assertThat(Await.of(sent)).isEqualTo(Delivery.ONE);
    }

    @Test
    void messageToAPoolTellsHowManyHaveIt() {
        // given
        master.openWorker("web-0").messenger().onMessage(_ -> {});
        master.openWorker("web-1").messenger().onMessage(_ -> {});
        master.openWorker("web-2");
        var sender = master.openWorker("web-3").messenger();
        sender.onMessage(_ -> {});

        // when
        var sent = sender.send(Address.pool("web"), Payload.text("m"));

        // then
        assertThat(Await.of(sent)).isEqualTo(new Delivery(3, 1));
    }

    @Test
    void requestToAPoolIsRefused() {
        // given
        var worker = master.openWorker("web-0").messenger();

        // when
        var asking = (org.assertj.core.api.ThrowableAssert.ThrowingCallable)
                () -> worker.request(Address.pool("web"), Payload.text("?"), LONG);

        // then
        assertThatThrownBy(asking)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("address one of its workers");
    }

    @Test
    void readyIncarnationGetsWhatIsAddressedToItsWorker() throws Exception {
        // given
        var heard = new LinkedBlockingQueue<String>();
        master.openWorker("web-0").messenger().onMessage(_ -> heard.add("first"));
        master.openWorker("web-0").messenger().onMessage(_ -> heard.add("second"));
        master.awaitTold("opened web-0");
        master.awaitTold("opened web-0");
        master.parent().send(Address.worker("web-0"), Payload.text("m")).join();

        // when
        master.sessions.getFirst().markReady(true);
        master.parent().send(Address.worker("web-0"), Payload.text("m")).join();

        // then
        Await.until("both are heard", () -> heard.size() == 2);
        assertThat(heard).containsExactly("second", "first");
    }

    @Test
    void handlerThatThrowsFailsItsRequestAndNothingElse() {
        // given
        var worker = master.openWorker("web-0").messenger();
        worker.onRequest(request -> {
            if (request.payload().text().equals("throw")) {
                throw new IllegalStateException("on purpose");
            }
            request.reply(request.payload());
        });
        var thrown = master.parent().request(Address.worker("web-0"), Payload.text("throw"), LONG);

        // when
        var next = master.parent().request(Address.worker("web-0"), Payload.text("next"), LONG);

        // then
        assertThat(Await.failure(thrown)).isEqualTo(FailureReason.HANDLER_FAILED);
        assertThat(Await.of(next).text()).isEqualTo("next");
    }

    @Test
    void handlerThatNeverAnswersIsTooLate() {
        // given
        master.openWorker("web-0").messenger().onRequest(asked::add);

        // when
        var reply = master.parent().request(Address.worker("web-0"), Payload.text("?"), Duration.ofMillis(50));

        // then
        assertThat(Await.failure(reply)).isEqualTo(FailureReason.DEADLINE_EXCEEDED);
        Await.until("the handler is told", Await.next(asked)::isCancelled);
    }

    @Test
    void cancelReachesTheHandlerOfAnotherWorker() {
        // given
        var sender = master.openWorker("web-0").messenger();
        master.openWorker("web-1").messenger().onRequest(asked::add);
        var reply = sender.request(Address.worker("web-1"), Payload.text("?"), LONG);
        var cancelled = new CountDownLatch(1);
        Await.next(asked).onCancel(cancelled::countDown);

        // when
        reply.cancel(false);

        // then
        Await.zero(cancelled);
        assertThat(reply).isCancelled();
    }

    @Test
    void requesterThatDiesWithdrawsWhatItAsked() throws Exception {
        // given
        var sender = new RawWorker(master.socket()).greet(master.expect("web-0"));
        master.openWorker("web-1").messenger().onRequest(asked::add);
        sender.say(dev.drover.protocol.worker.v1.OpenSessionRequest.newBuilder()
                .addEnvelopes(Envelopes.said(
                                Address.worker("web-1"),
                                new Said.Request(Payload.text("?"), System.nanoTime() + LONG.toNanos()))
                        .setId(1))
                .build());
        var cancelled = new CountDownLatch(1);
        Await.next(asked).onCancel(cancelled::countDown);

        // when
        sender.die();

        // then
        Await.zero(cancelled);
    }

    @Test
    void slowHandlerSlowsItsSenderOnly() throws Exception {
        // given
        var slow = master.openWorker("slow-0").messenger();
        var fast = master.openWorker("fast-0").messenger();
        var receiver = master.openWorker("web-0");
        var gate = new CountDownLatch(1);
        receiver.messenger().onMessage(message -> {
            if (message.from().equals(Address.worker("slow-0"))) {
                Await.zero(gate);
            }
        });
        var kept = IntStream.range(0, MessageLimits.DEFAULT.maxMessagesPerPeer())
                .mapToObj(_ -> slow.send(Address.worker("web-0"), Payload.text("m")))
                .toList();
        Await.until(
                "the slow one has no room",
                () -> slow.send(Address.worker("web-0"), Payload.text("m"), WhenFull.fail())
                        .isCompletedExceptionally());

        // when
        var sent = IntStream.range(0, 5000)
                .mapToObj(_ -> fast.send(Address.worker("web-0"), Payload.text("m")))
                .toList();
        sent.forEach(Await::of);
        var session = master.sessions.getLast();
        long beat = session.heartbeatNanos();
        Await.until("a sign of life", () -> session.heartbeatNanos() != beat);
        long done = kept.stream().filter(CompletableFuture::isDone).count();
        gate.countDown();

        // then
        assertThat(done).isLessThanOrEqualTo(2);
        assertThat(kept).allSatisfy(it -> assertThat(Await.of(it)).isEqualTo(Delivery.ONE));
    }

    @Test
    void handlersRunWhereTheApplicationSays() {
        // given
        var worker = master.openWorker("web-0").messenger();
        var threads = new LinkedBlockingQueue<Thread>();
        worker.onRequest(request -> {
            threads.add(Thread.currentThread());
            request.reply(request.payload());
        });
        var to = Address.worker("web-0");

        // when
        var first = Await.of(master.parent().request(to, Payload.text("1"), LONG));
        worker.handleOn(Runnable::run);
        var second = Await.of(master.parent().request(to, Payload.text("2"), LONG));

        // then
        assertThat(first.text() + second.text()).isEqualTo("12");
        assertThat(threads.remove().isVirtual()).isTrue();
        assertThat(threads.remove().getName()).startsWith("drover-session");
    }

    @Test
    void whatTheExecutorOfTheHandlersRefusesFails() {
        // given
        var worker = master.openWorker("web-0").messenger();
        worker.onRequest(request -> request.reply(request.payload()));
        worker.onMessage(_ -> {});
        worker.handleOn(_ -> {
            throw new java.util.concurrent.RejectedExecutionException("closed");
        });
        var to = Address.worker("web-0");

        // when
        var asked = master.parent().request(to, Payload.text("?"), LONG);
        var sent = master.parent().send(to, Payload.text("!"));

        // then
        assertThat(Await.failureOf(asked))
                .hasMessageContaining("executor refused it")
                .hasMessageContaining("closed");
        assertThat(Await.failureOf(sent)).hasMessageContaining("executor refused it");
        worker.handleOn(Runnable::run);
        assertThat(Await.of(master.parent().request(to, Payload.text("on"), LONG))
                        .text())
                .isEqualTo("on");
    }

    @Test
    void handlersThatWaitForEachOtherGoOn() {
        // given
        var limits = new MessageLimits(1 << 10, 1, 1 << 10, 8, 1 << 13, 8);
        try (var small = new TestMaster((socket, gate) -> SessionServer.start(socket, limits, gate))) {
            var one = small.openWorker("web-0").messenger();
            var other = small.openWorker("web-1").messenger();
            var sent = new LinkedBlockingQueue<CompletableFuture<Delivery>>();
            var patience = WhenFull.waitFor(Duration.ofMillis(100));
            one.onMessage(_ -> {
                for (int i = 0; i < 3; i++) {
                    sent.add(one.send(Address.worker("web-1"), Payload.text("m"), patience));
                }
            });
            other.onMessage(message -> {
                if (message.payload().text().equals("go")) {
                    for (int i = 0; i < 3; i++) {
                        sent.add(other.send(Address.worker("web-0"), Payload.text("m"), patience));
                    }
                }
            });

            // when
            var started = small.parent().send(Address.worker("web-1"), Payload.text("go"));
            Await.of(started);
            Await.until("both have sent", () -> sent.size() >= 6);

            // then
            assertThat(sent).allSatisfy(it -> Await.of(it.handle((_, _) -> true)));
            assertThat(Await.of(one.send(Address.worker("web-1"), Payload.text("m"))))
                    .isEqualTo(Delivery.ONE);
        }
    }

    @Test
    void thousandRequestsFailAtOnceWhenTheWorkerDies() throws Exception {
        // given
        var worker = new RawWorker(master.socket()).greet(master.expect("web-0"));
        var other = master.openWorker("web-1").messenger();
        var open = IntStream.range(0, 1000)
                .mapToObj(i -> (i % 2 == 0 ? master.parent() : other)
                        .request(Address.worker("web-0"), Payload.text("?"), LONG))
                .toList();
        for (int heard = 0; heard < 1000; ) {
            heard += worker.next().getEnvelopesCount();
        }

        // when
        long start = System.nanoTime();
        worker.die();
        var reasons = open.stream().map(Await::failure).distinct().toList();
        long took = System.nanoTime() - start;

        // then
        assertThat(reasons).isEqualTo(List.of(FailureReason.PEER_GONE));
        assertThat(Duration.ofNanos(took)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void workerThatReadsNothingHoldsUpNobody() throws Exception {
        // given
        var deaf = new RawWorker(master.socket(), 1).greet(master.expect("web-0"));
        var other = master.openWorker("web-1");
        other.messenger().onRequest(request -> request.reply(request.payload()));
        var megabyte = Payload.of(new byte[1 << 20]);
        var kept = IntStream.range(0, 2)
                .mapToObj(_ -> master.parent().send(Address.worker("web-0"), megabyte, WhenFull.fail()))
                .toList();

        // when
        var tooMuch = master.parent().send(Address.worker("web-0"), megabyte, WhenFull.fail());
        var reply = master.parent().request(Address.worker("web-1"), Payload.text("?"), LONG);

        // then
        assertThat(Await.failure(tooMuch)).isEqualTo(FailureReason.QUEUE_FULL);
        assertThat(Await.of(reply).text()).isEqualTo("?");
        assertThat(kept).noneMatch(CompletableFuture::isDone);
        deaf.close();
    }

    @Test
    void workerThatReadsNoAnswersLosesItsSession() throws Exception {
        // given
        var deaf = new RawWorker(master.socket(), 1).greet(master.expect("web-0"));
        long id = 0;

        // when
        while (deaf.isOpen() && id < 10_000_000) {
            var many = dev.drover.protocol.worker.v1.OpenSessionRequest.newBuilder();
            for (int i = 0; i < 1000; i++) {
                many.addEnvelopes(Envelopes.said(Address.worker("nobody"), new Said.Message(Payload.text("m")))
                        .setId(++id));
            }
            deaf.say(many.build());
            Await.until("more can be said", () -> deaf.isReady() || !deaf.isOpen());
        }

        // then
        assertThat(deaf.isOpen()).isFalse();
        assertThat(master.awaitTold("refused")).contains("reads no answers");
    }
}
