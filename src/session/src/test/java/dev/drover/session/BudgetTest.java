package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.session.fixtures.TestMaster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// What all sessions and programs of a master hold together.
class BudgetTest {
    private static final int PAYLOAD = 64 << 10;
    private static final long TOTAL = 1 << 20;
    private static final MessageLimits LIMITS = new MessageLimits(PAYLOAD, 1024, TOTAL, 1024, TOTAL, 16, TOTAL);

    @Test
    void oneHolderLeavesHalfAndTwoLeaveAThird() {
        // given
        var budget = new Budget(120);

        // when
        long first = takeAll(budget);
        long second = takeAll(budget);

        // then
        assertThat(first).isEqualTo(60);
        assertThat(second).isEqualTo(30);
        assertThat(budget.take(0, 30)).isTrue();
        assertThat(budget.take(0, 1)).isFalse();
    }

    private static long takeAll(Budget budget) {
        long held = 0;
        while (budget.take(held, 1)) {
            held++;
        }
        return held;
    }

    @Test
    void unlimitedTakesWhateverIsWanted() {
        assertThat(Budget.unlimited().take(1L << 40, 1L << 40)).isTrue();
    }

    @Test
    void slowWorkersTogetherStayWithinTheTotalAndLeaveRoomForOthers() throws Exception {
        // given workers that never take anything, and one that does
        try (var master = new TestMaster(LIMITS)) {
            var budget = master.switchboard().budget();
            var slow = new ArrayList<SessionClient>();
            for (int i = 0; i < 8; i++) {
                slow.add(master.worker("slow-" + i));
                slow.getLast().open().get(10, TimeUnit.SECONDS);
            }
            BlockingQueue<String> heard = new LinkedBlockingQueue<>();
            master.openWorker("quick-0").messenger().onMessage(message -> heard.add(message.from() + " spoke"));

            // when
            var sent = new ArrayList<CompletableFuture<Delivery>>();
            for (int i = 0; i < 8; i++) {
                sent.addAll(flood(master, Address.worker("slow-" + i)));
            }
            var quick = master.parent().send(Address.worker("quick-0"), Payload.text("hello"), WhenFull.fail());

            // then
            assertThat(budget.used()).isBetween(TOTAL / 2, TOTAL);
            assertThat(quick.get(10, TimeUnit.SECONDS)).isEqualTo(Delivery.ONE);
            assertThat(heard.poll(10, TimeUnit.SECONDS)).isEqualTo("parent spoke");
            slow.forEach(SessionClient::close);
            sent.forEach(future -> assertThat(future).failsWithin(Duration.ofSeconds(10)));
            Await.until("all of it is given back", () -> budget.used() == 0);
        }
    }

    private static List<CompletableFuture<Delivery>> flood(TestMaster master, Address to) {
        var sent = new ArrayList<CompletableFuture<Delivery>>();
        var payload = Payload.of(new byte[PAYLOAD]);
        do {
            sent.add(master.parent().send(to, payload, WhenFull.fail()));
        } while (!sent.getLast().isCompletedExceptionally());
        return sent;
    }

    @Test
    void waitingSenderGetsTheRoomThatAnotherReceiverLeaves() throws Exception {
        // given a total that a single slow worker and a single waiting message exhaust
        var tight = new MessageLimits(PAYLOAD, 1024, TOTAL, 1024, TOTAL, 16, 2L * (PAYLOAD + Budget.OVERHEAD_BYTES));
        try (var master = new TestMaster(tight)) {
            var slow = master.worker("slow-0");
            slow.open().get(10, TimeUnit.SECONDS);
            master.openWorker("quick-0").messenger().onMessage(_ -> {});
            flood(master, Address.worker("slow-0"));
            var more = Payload.of(new byte[PAYLOAD]);
            var held = master.parent().send(Address.worker("quick-0"), more, WhenFull.waitFor(Duration.ofSeconds(10)));

            // when
            slow.close();

            // then
            assertThat(held.get(10, TimeUnit.SECONDS)).isEqualTo(Delivery.ONE);
        }
    }

    @Test
    void programsAreChargedUntilTheyHaveSignedAndAnswered() throws Exception {
        // given
        try (var master = new TestMaster(LIMITS)) {
            var budget = master.switchboard().budget();
            var held = new Held();
            var program = master.switchboard()
                    .subscribe(new Address.Program("held"), held)
                    .orElseThrow();
            var worker = master.openWorker("web-0").messenger();
            var message = worker.send(Address.program("held"), Payload.of(new byte[PAYLOAD]));
            var request = worker.request(Address.program("held"), Payload.text("?"), Duration.ofSeconds(10));
            var receipts = List.of(held.next(), held.next());
            long before = budget.used();

            // when
            receipts.forEach(Receipt::sign);
            long signed = budget.used();
            held.request().reply(Payload.text("!"));

            // then
            assertThat(message.get(10, TimeUnit.SECONDS)).isEqualTo(Delivery.ONE);
            assertThat(request.get(10, TimeUnit.SECONDS).text()).isEqualTo("!");
            assertThat(before).isEqualTo(PAYLOAD + 1 + 2 * Budget.OVERHEAD_BYTES);
            assertThat(signed).isEqualTo(Budget.OVERHEAD_BYTES);
            program.close();
            Await.until("all of it is given back", () -> budget.used() == 0);
        }
    }

    @Test
    void messageToTheParentNeedNotWaitForTheSlowestProgram() throws Exception {
        // given
        try (var master = new TestMaster(LIMITS)) {
            var slow = new Held();
            var quick = new Held();
            var _ = master.switchboard().subscribe(new Address.Program("slow"), slow);
            var _ = master.switchboard().subscribe(new Address.Program("quick"), quick);
            var sent = master.openWorker("web-0").messenger().send(Address.parent(), Payload.text("to both"));
            var unsigned = slow.next();

            // when
            quick.next().sign();

            // then
            assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(Delivery.ONE);
            assertThat(unsigned).isNotNull();
        }
    }

    @Test
    void messageToTheParentFailsWhenAllProgramsHaveLeft() throws Exception {
        // given
        try (var master = new TestMaster(LIMITS)) {
            var first = master.switchboard()
                    .subscribe(new Address.Program("first"), new Held())
                    .orElseThrow();
            var second = master.switchboard()
                    .subscribe(new Address.Program("second"), new Held())
                    .orElseThrow();
            var sent = master.parent().send(Address.parent(), Payload.text("to both"));

            // when
            first.close();
            boolean early = sent.isDone();
            second.close();

            // then
            assertThat(early).isFalse();
            assertThat(sent)
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableOfType(java.util.concurrent.ExecutionException.class)
                    .havingCause()
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.type(MessageException.class))
                    .extracting(MessageException::reason)
                    .isEqualTo(FailureReason.PEER_GONE);
        }
    }

    @Test
    void requestToAProgramThatAnswersNoneIsNotDelivered() {
        // given
        try (var master = new TestMaster(LIMITS)) {
            var listening = new Held();
            listening.answers = false;
            var _ = master.switchboard().subscribe(new Address.Program("listening"), listening);

            // when
            var asked = master.parent().request(Address.program("listening"), Payload.text("?"), Duration.ofSeconds(9));

            // then
            assertThat(asked.handle((_, failure) -> failure instanceof CompletionException wrapped
                                    ? String.valueOf(wrapped.getCause())
                                    : String.valueOf(failure))
                            .join())
                    .contains("program listening answers no requests");
        }
    }

    /// A program that holds what it is given.
    private static final class Held implements Subscriber {
        private final BlockingQueue<Receipt> receipts = new LinkedBlockingQueue<>();
        private final BlockingQueue<IncomingRequest> requests = new LinkedBlockingQueue<>();
        private boolean answers = true;

        Receipt next() throws InterruptedException {
            var next = receipts.poll(10, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }

        IncomingRequest request() throws InterruptedException {
            var next = requests.poll(10, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }

        @Override
        public void message(IncomingMessage message, Receipt receipt) {
            receipts.add(receipt);
        }

        @Override
        public void request(IncomingRequest request, Receipt receipt) {
            receipts.add(receipt);
            requests.add(request);
        }

        @Override
        public boolean listensTo(Address sender) {
            return true;
        }

        @Override
        public boolean answers() {
            return answers;
        }
    }
}
