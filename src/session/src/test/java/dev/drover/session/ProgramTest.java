package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Programs that subscribed, and the one that embeds the supervisor: no session between them.
class ProgramTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final MessageLimits SMALL = new MessageLimits(100, 4, 300, 6, 400, 3);

    private final EventExecutor loop = new DefaultEventExecutor();
    private final Switchboard switchboard = new Switchboard(loop, SMALL);
    private final Messenger sender = switchboard.program(new Address.Program("sender"));

    @AfterEach
    void close() {
        switchboard.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    /// Keeps what it is given, and does nothing with it.
    private static class Keeper implements Subscriber {
        final List<IncomingMessage> messages = new CopyOnWriteArrayList<>();
        final LinkedBlockingQueue<Receipt> receipts = new LinkedBlockingQueue<>();
        final LinkedBlockingQueue<IncomingRequest> requests = new LinkedBlockingQueue<>();

        @Override
        public void message(IncomingMessage message, Receipt receipt) {
            messages.add(message);
            receipts.add(receipt);
        }

        @Override
        public void request(IncomingRequest request, Receipt receipt) {
            requests.add(request);
            receipts.add(receipt);
        }

        @Override
        public boolean listensTo(Address from) {
            return true;
        }

        @Override
        public boolean answers() {
            return true;
        }
    }

    private Program subscribe(String name, Subscriber subscriber) {
        return switchboard.subscribe(new Address.Program(name), subscriber).orElseThrow();
    }

    private CompletableFuture<Delivery> send(String name, int bytes) {
        return sender.send(Address.program(name), Payload.of(new byte[bytes]), WhenFull.fail());
    }

    private CompletableFuture<Payload> ask(String name, Duration timeout) {
        return sender.request(Address.program(name), Payload.text("?"), timeout);
    }

    @Test
    void messageIsDeliveredWhenItIsSignedFor() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);
        var sent = send("ops", 1);
        var receipt = Await.next(keeper.receipts);
        boolean early = sent.isDone();

        // when
        receipt.sign();
        receipt.sign();

        // then
        assertThat(early).isFalse();
        assertThat(Await.of(sent)).isEqualTo(new Delivery(1, 0));
        assertThat(keeper.messages.getFirst().from()).isEqualTo(Address.program("sender"));
    }

    @Test
    void subscriberThatNeverSignsHoldsABoundedNumber() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);
        var sent = IntStream.range(0, SMALL.maxMessages())
                .mapToObj(_ -> send("ops", 1))
                .toList();

        // when
        var tooMany = send("ops", 1);

        // then
        assertThat(Await.failure(tooMany)).isEqualTo(FailureReason.QUEUE_FULL);
        assertThat(sent).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void subscriberThatNeverSignsHoldsABoundedNumberOfBytes() {
        // given
        subscribe("ops", new Keeper());
        for (int i = 0; i < 4; i++) {
            var _ = send("ops", 100);
        }

        // when
        var tooMany = send("ops", 1);

        // then
        assertThat(Await.failure(tooMany)).isEqualTo(FailureReason.QUEUE_FULL);
    }

    @Test
    void boundHoldsBeforeTheLoopHasSeenAnything() throws Exception {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);
        var gate = new CountDownLatch(1);
        loop.execute(() -> Await.zero(gate));

        // when
        var sent = IntStream.range(0, 100).mapToObj(_ -> send("ops", 1)).toList();
        var refused = sent.stream().filter(CompletableFuture::isDone).count();
        gate.countDown();

        // then
        assertThat(refused).isEqualTo(100 - SMALL.maxMessages());
    }

    @Test
    void openRequestsAreBoundedAlsoOnceTheyAreSignedFor() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);
        for (int i = 0; i < SMALL.maxOpenRequests(); i++) {
            var _ = ask("ops", LONG);
            Await.next(keeper.receipts).sign();
        }

        // when
        var tooMany = ask("ops", LONG);
        Await.next(keeper.requests).reply(Payload.text("!"));
        var again = ask("ops", LONG);

        // then
        assertThat(Await.failure(tooMany)).isEqualTo(FailureReason.QUEUE_FULL);
        assertThat(again).isNotDone();
    }

    @Test
    void whatIsTooLargeIsNotGiven() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);

        // when
        var sent = send("ops", 101);

        // then
        assertThat(Await.failure(sent)).isEqualTo(FailureReason.TOO_LARGE);
        assertThat(keeper.messages).isEmpty();
    }

    @Test
    void whatIsOpenFailsWhenTheProgramLeaves() {
        // given
        var keeper = new Keeper();
        var program = subscribe("ops", keeper);
        var message = send("ops", 1);
        var request = ask("ops", LONG);
        var signed = ask("ops", LONG);
        Await.next(keeper.requests);
        Await.next(keeper.requests);
        Await.next(keeper.receipts);
        Await.next(keeper.receipts);
        Await.next(keeper.receipts).sign();

        // when
        program.close();
        var late = send("ops", 1);

        // then
        assertThat(List.of(message, request, signed))
                .allSatisfy(it -> assertThat(Await.failure(it)).isEqualTo(FailureReason.PEER_GONE));
        assertThat(Await.failure(late)).isEqualTo(FailureReason.NO_RECEIVER);
    }

    @Test
    void nameIsFreeOnceTheProgramHasLeft() {
        // given
        var first = subscribe("ops", new Keeper());
        var second = switchboard.subscribe(new Address.Program("ops"), new Keeper());
        first.close();
        var keeper = new Keeper();
        subscribe("ops", keeper);

        // when
        first.close();
        var sent = send("ops", 1);
        Await.next(keeper.receipts).sign();

        // then
        assertThat(second).isEmpty();
        assertThat(Await.of(sent)).isEqualTo(Delivery.ONE);
    }

    @Test
    void programsAreBoundedAlsoWhenTheyComeTogether() throws Exception {
        // given
        var admitted = new LinkedBlockingQueue<Program>();
        var threads = IntStream.range(0, 8)
                .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 100; i++) {
                        switchboard
                                .subscribe(new Address.Program("p" + thread + "-" + i), new Keeper())
                                .ifPresent(admitted::add);
                    }
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }
        int atOnce = admitted.size();

        // when
        admitted.remove().close();
        var afterOneLeft = switchboard.subscribe(new Address.Program("late"), new Keeper());

        // then
        assertThat(atOnce).isEqualTo(Switchboard.MAX_PROGRAMS);
        assertThat(afterOneLeft).isPresent();
    }

    @Test
    void deadlineOfARequestToAProgramIsWatched() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);

        // when
        var reply = ask("ops", Duration.ofMillis(30));
        var request = Await.next(keeper.requests);

        // then
        assertThat(Await.failure(reply)).isEqualTo(FailureReason.DEADLINE_EXCEEDED);
        Await.until("it is told", request::isCancelled);
    }

    @Test
    void cancelledRequestIsToldToTheProgramAndGivesItsRoomBack() {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);

        // when
        for (int i = 0; i < 20; i++) {
            var reply = ask("ops", LONG);
            var cancelled = new CountDownLatch(1);
            Await.next(keeper.requests).onCancel(cancelled::countDown);
            reply.cancel(false);
            Await.zero(cancelled);
        }
        var again = ask("ops", LONG);

        // then
        assertThat(Await.next(keeper.requests).isCancelled()).isFalse();
        assertThat(again).isNotDone();
    }

    @Test
    void subscriberThatThrowsFailsWhatItGot() {
        // given
        subscribe("ops", new Keeper() {
            @Override
            public void message(IncomingMessage message, Receipt receipt) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void request(IncomingRequest request, Receipt receipt) {
                throw new IllegalStateException("on purpose");
            }
        });

        // when
        var sent = send("ops", 1);
        var asked = ask("ops", LONG);

        // then
        assertThat(Await.failure(sent)).isEqualTo(FailureReason.HANDLER_FAILED);
        assertThat(Await.failure(asked)).isEqualTo(FailureReason.HANDLER_FAILED);
    }

    @Test
    void handlersOfAProgramAreNotThoseOfTheParent() {
        // given
        var heard = new LinkedBlockingQueue<String>();
        switchboard.parent().onMessage(_ -> heard.add("parent"));

        // when
        switchboard.program(new Address.Program("ops")).onMessage(_ -> heard.add("program"));
        var _ = sender.send(Address.parent(), Payload.text("m"));

        // then
        assertThat(Await.next(heard)).isEqualTo("parent");
    }

    @Test
    void messageToTheParentReachesEveryoneWhoListens() {
        // given
        var heard = new LinkedBlockingQueue<String>();
        switchboard.parent().onMessage(_ -> heard.add("parent"));
        var keeper = new Keeper();
        subscribe("ops", keeper);
        subscribe("deaf", new Keeper() {
            @Override
            public boolean listensTo(Address from) {
                return false;
            }
        });

        // when
        var sent = sender.send(Address.parent(), Payload.text("m"));
        Await.next(keeper.receipts).sign();

        // then
        assertThat(Await.of(sent)).isEqualTo(Delivery.ONE);
        assertThat(Await.next(heard)).isEqualTo("parent");
    }

    @Test
    void requestToTheParentGoesToItsHandlerBeforeAProgram() {
        // given
        subscribe("ops", new Keeper());
        switchboard.parent().onRequest(request -> request.reply(Payload.text("parent")));

        // when
        var reply = sender.request(Address.parent(), Payload.text("?"), LONG);

        // then
        assertThat(Await.of(reply).text()).isEqualTo("parent");
    }

    @Test
    void nobodyIsToldAsNobody() {
        // given
        var toWorker = sender.send(Address.worker("web-0"), Payload.text("m"));
        var toPool = sender.send(Address.pool("web"), Payload.text("m"));
        var toProgram = send("ops", 1);

        // when
        var toParent = sender.send(Address.parent(), Payload.text("m"));
        var request = sender.request(Address.parent(), Payload.text("?"), LONG);

        // then
        assertThat(List.of(toWorker, toPool, toProgram, toParent, request))
                .allSatisfy(it -> assertThat(Await.failure(it)).isEqualTo(FailureReason.NO_RECEIVER));
    }

    @Test
    void slowParentHoldsABoundedNumberOfAProgramsMessages() {
        // given
        var gate = new CountDownLatch(1);
        switchboard.parent().onMessage(_ -> Await.zero(gate));
        var sent = new ArrayList<CompletableFuture<Delivery>>();

        // when
        for (int i = 0; i < 100; i++) {
            sent.add(sender.send(Address.parent(), Payload.text("m"), WhenFull.fail()));
        }
        Await.until(
                "what is too much has failed",
                () -> sent.stream()
                                .filter(CompletableFuture::isCompletedExceptionally)
                                .count()
                        >= 100 - SMALL.maxMessages() - 1);
        gate.countDown();

        // then
        assertThat(sent).allSatisfy(it -> Await.of(it.handle((_, _) -> true)));
    }

    @Test
    void whatIsSaidFirstFromOutsideTheLoopIsHeardFirst() throws Exception {
        // given
        var keeper = new Keeper();
        subscribe("ops", keeper);
        var gate = new CountDownLatch(1);
        var first = new CountDownLatch(1);
        loop.execute(() -> {
            Await.zero(first);
            var _ = sender.send(Address.program("ops"), Payload.text("second"));
            gate.countDown();
        });

        // when
        var _ = sender.send(Address.program("ops"), Payload.text("first"));
        first.countDown();
        Await.zero(gate);
        Await.until("both are heard", () -> keeper.messages.size() == 2);

        // then
        assertThat(keeper.messages)
                .extracting(message -> message.payload().text())
                .containsExactly("first", "second");
    }

    @Test
    void endOfTheSessionsFailsWhatIsOpen() {
        // given
        var asked = new LinkedBlockingQueue<IncomingRequest>();
        switchboard.parent().onRequest(asked::add);
        var keeper = new Keeper();
        subscribe("ops", keeper);
        var toParent = sender.request(Address.parent(), Payload.text("?"), LONG);
        var toProgram = ask("ops", LONG);
        Await.next(asked);
        Await.next(keeper.requests);

        // when
        switchboard.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        var late = List.of(
                sender.request(Address.parent(), Payload.text("?"), LONG),
                ask("ops", LONG),
                sender.send(Address.worker("web-0"), Payload.text("m")),
                sender.send(Address.parent(), Payload.text("m")));

        // then
        assertThat(Await.failure(toParent)).isEqualTo(FailureReason.PEER_GONE);
        assertThat(Await.failure(toProgram)).isEqualTo(FailureReason.PEER_GONE);
        assertThat(late).allSatisfy(it -> assertThat(Await.failure(it)).isEqualTo(FailureReason.NO_RECEIVER));
    }
}
