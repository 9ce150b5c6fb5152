package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.protocol.worker.v1.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Everything said has exactly one outcome: whenever the stream ends, the time is up, or the requester changes its
/// mind.
class LinkOutcomeTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(30);

    private final LinkPair pair = new LinkPair(MessageLimits.DEFAULT);
    private final LinkedBlockingQueue<IncomingRequest> asked = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        pair.close();
        assertThat(pair.violations).isEmpty();
    }

    @Test
    void everythingEndsOnceWheneverTheStreamEnds() throws Exception {
        long seed = Long.getLong("drover.seed", ThreadLocalRandom.current().nextLong());
        var random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            // given
            var ended = endAtRandom(random);

            // when
            Await.until(
                    "every outcome is told, seed " + seed + " round " + round,
                    () -> ended.stream().allMatch(it -> it.ends() > 0));

            // then
            assertThat(ended).as("drover.seed=%d", seed).allMatch(it -> it.ends() == 1);
            assertThat(ended).as("drover.seed=%d", seed).allMatch(it -> it.timesTaken() <= 1);
        }
    }

    private static List<Told> endAtRandom(Random random) throws InterruptedException {
        try (var other = new LinkPair(MessageLimits.DEFAULT)) {
            other.right.handlers.onMessage(_ -> {});
            other.right.handlers.onRequest(request -> {
                if (request.payload().size() % 3 > 0) {
                    request.reply(request.payload());
                }
            });
            var lists =
                    IntStream.range(0, 4).mapToObj(_ -> new ArrayList<Told>()).toList();
            var started = new CountDownLatch(lists.size());
            var threads = lists.stream()
                    .map(list -> Thread.ofPlatform().start(() -> {
                        started.countDown();
                        sayAll(other, list);
                    }))
                    .toList();
            Await.zero(started);
            int pause = random.nextInt(2000);
            for (int i = 0; i < pause; i++) {
                Thread.onSpinWait();
            }
            if (random.nextBoolean()) {
                other.left.close();
                other.right.close();
            } else {
                other.right.close();
                other.left.close();
            }
            for (var thread : threads) {
                thread.join();
            }
            return lists.stream().flatMap(List::stream).toList();
        }
    }

    private static void sayAll(LinkPair other, List<Told> list) {
        var name = "web-" + Thread.currentThread().threadId();
        for (int i = 0; i < 300; i++) {
            if (i % 2 == 0) {
                list.add(other.left.say(name, Payload.text("m"), WhenFull.waitFor(LONG)));
            } else {
                var told = Told.ofRequest();
                list.add(told);
                var withdrawal = other.left.ask(name, "?".repeat(i % 7), i % 11 == 0 ? SHORT : LONG, told);
                if (i % 5 == 0) {
                    withdrawal.withdraw();
                }
            }
        }
    }

    @Test
    void deadlineComesWhileItIsQueued() {
        // given
        pair.left.setReady(false);
        pair.right.handlers.onRequest(asked::add);

        // when
        var told = pair.left.ask("web-0", "?", SHORT);

        // then
        assertThat(told.end()).isEqualTo("failed DEADLINE_EXCEEDED");
        assertThat(pair.left.batches).isEmpty();
    }

    @Test
    void requestThatWasTooLateInTheQueueIsCancelledBehindItself() {
        // given
        pair.left.setReady(false);
        pair.right.handlers.onRequest(asked::add);
        var told = pair.left.ask("web-0", "?", SHORT);
        told.end();

        // when
        pair.left.setReady(true);
        Await.until("both are written", () -> pair.left.written.size() == 2);
        Await.until("it is answered", () -> pair.right.written.size() == 1);

        // then
        assertThat(pair.left.written)
                .extracting(Envelope::getContentCase)
                .containsExactly(Envelope.ContentCase.REQUEST, Envelope.ContentCase.CANCEL);
        assertThat(told.ends()).isEqualTo(1);
    }

    @Test
    void deadlineComesInTheHandler() throws Exception {
        // given
        pair.right.handlers.onRequest(asked::add);
        var told = pair.left.ask("web-0", "?", SHORT);
        var request = Await.next(asked);
        var cancelled = new CountDownLatch(1);

        // when
        request.onCancel(cancelled::countDown);

        // then
        assertThat(told.end()).isEqualTo("failed DEADLINE_EXCEEDED");
        Await.zero(cancelled);
        assertThat(request.isCancelled()).isTrue();
    }

    @Test
    void answerAfterTheDeadlineIsIgnored() {
        // given
        pair.right.handlers.onRequest(asked::add);
        var told = pair.left.ask("web-0", "?", SHORT);
        var request = Await.next(asked);
        told.end();
        Await.until("the cancel is answered", () -> pair.right.written.size() == 1);

        // when
        request.reply(Payload.text("late"));
        request.fail("later");
        pair.settle();

        // then
        assertThat(told.ends()).isEqualTo(1);
        assertThat(pair.right.written).hasSize(1);
    }

    @Test
    void cancelBeforeItIsWritten() {
        // given
        pair.left.setReady(false);
        pair.right.handlers.onRequest(asked::add);
        var told = Told.ofRequest();
        var withdrawal = pair.left.ask("web-0", "?", LONG, told);

        // when
        withdrawal.withdraw();

        // then
        assertThat(told.end()).isEqualTo("failed CANCELLED");
    }

    @Test
    void cancelUnderWay() {
        // given
        pair.right.handlers.onRequest(asked::add);
        var told = Told.ofRequest();
        var withdrawal = pair.left.ask("web-0", "?", LONG, told);
        var cancelled = new CountDownLatch(1);
        Await.next(asked).onCancel(cancelled::countDown);

        // when
        withdrawal.withdraw();
        withdrawal.withdraw();

        // then
        assertThat(told.end()).isEqualTo("failed CANCELLED");
        Await.zero(cancelled);
        pair.settle();
        assertThat(told.ends()).isEqualTo(1);
    }

    @Test
    void cancelAfterTheReplyChangesNothing() {
        // given
        pair.right.handlers.onRequest(request -> request.reply(Payload.text("!")));
        var told = Told.ofRequest();
        var withdrawal = pair.left.ask("web-0", "?", LONG, told);
        told.end();

        // when
        withdrawal.withdraw();
        pair.settle();

        // then
        assertThat(told.now()).isEqualTo("replied !");
        assertThat(told.ends()).isEqualTo(1);
        assertThat(pair.left.written).hasSize(1);
    }

    @Test
    void cancelledAndLateRequestsGiveTheirRoomBack() {
        // given
        var limits = new MessageLimits(100, 4, 300, 6, 400, 3);
        try (var small = new LinkPair(limits)) {
            small.right.handlers.onRequest(asked::add);
            for (int round = 0; round < 20; round++) {
                var told = Told.ofRequest();
                var late = small.left.ask("web-0", "?", Duration.ofMillis(2));
                small.left.ask("web-0", "?", LONG, told).withdraw();
                assertThat(told.end()).isEqualTo("failed CANCELLED");
                assertThat(late.end()).isEqualTo("failed DEADLINE_EXCEEDED");
                int answers = 2 * (round + 1);
                Await.until("both are answered", () -> small.right.written.size() == answers);
                small.settle();
            }

            // when
            var open = IntStream.range(0, 3)
                    .mapToObj(_ -> small.left.ask("web-0", "?", LONG))
                    .toList();

            // then
            assertThat(open).allMatch(it -> it.now().isEmpty());
            assertThat(small.violations).isEmpty();
        }
    }

    @Test
    void cancelThatCrossesTheHandlerIsAnsweredInOrder() {
        // given
        pair.right.handlers.onRequest(asked::add);

        // when
        for (int round = 0; round < 20; round++) {
            var ends = IntStream.range(0, 200)
                    .mapToObj(_ -> {
                        var told = Told.ofRequest();
                        pair.left.ask("web-0", "?", LONG, told).withdraw();
                        return told;
                    })
                    .toList();
            assertThat(ends).allSatisfy(told -> assertThat(told.end()).isEqualTo("failed CANCELLED"));
            int answers = 200 * (round + 1);
            Await.until("all are answered", () -> pair.right.written.size() >= answers);
        }

        // then
        assertThat(pair.violations).isEmpty();
    }

    @Test
    void endFailsWhatFollowsTheLastBatch() {
        // given
        pair.right.handlers.onMessage(_ -> {});
        pair.left.setReady(false);
        var told = new ArrayList<Told>();
        for (int i = 0; i < 1000; i++) {
            told.add(pair.left.say("a", "m"));
        }
        pair.left.letOut(1);
        Await.until("a batch has come", () -> told.getFirst().ends() > 0);
        told.add(pair.left.say("a", "m"));

        // when
        pair.left.close();

        // then
        int written = pair.left.written.size();
        assertThat(written).isBetween(1, 999);
        assertThat(told.subList(written, told.size()))
                .allSatisfy(it -> assertThat(it.end()).isEqualTo("failed PEER_GONE"));
        assertThat(told).allSatisfy(it -> assertThat(it.ends()).isEqualTo(1));
    }

    @Test
    void endWithdrawsWhatIsInTheHandler() {
        // given
        pair.right.handlers.onRequest(asked::add);
        var told = pair.left.ask("web-0", "?", LONG);
        var cancelled = new CountDownLatch(1);
        Await.next(asked).onCancel(cancelled::countDown);

        // when
        pair.right.close();
        pair.left.close();

        // then
        assertThat(told.end()).isEqualTo("failed PEER_GONE");
        Await.zero(cancelled);
    }

    @Test
    void whatIsSaidAfterTheEndFails() {
        // given
        pair.left.close();

        // when
        var message = pair.left.say("web-0", "m");
        var request = pair.left.ask("web-0", "?", LONG);

        // then
        assertThat(message.now()).isEqualTo("failed PEER_GONE");
        assertThat(request.now()).isEqualTo("failed PEER_GONE");
    }

    /// The loop of a worker's session ends with it; its handlers may not.
    @Test
    void handlersOutliveTheLoop() {
        // given
        var other = new LinkPair(MessageLimits.DEFAULT);
        var gate = new CountDownLatch(1);
        var heard = new LinkedBlockingQueue<String>();
        other.right.handlers.onMessage(message -> {
            Await.zero(gate);
            heard.add(message.payload().text());
        });
        other.right.handlers.onRequest(asked::add);
        other.left.ask("web-1", "?", LONG);
        var request = Await.next(asked);
        var first = other.left.say("web-0", "first");
        other.left.say("web-0", "second");
        first.end();
        var cancelled = Told.ofRequest();
        var withdrawal = other.left.ask("web-1", "?", LONG, cancelled);
        other.close();

        // when
        gate.countDown();
        request.reply(Payload.text("late"));
        withdrawal.withdraw();

        // then
        assertThat(Await.next(heard)).isEqualTo("first");
        assertThat(Await.next(heard)).isEqualTo("second");
        assertThat(cancelled.now()).isEqualTo("failed PEER_GONE");
    }
}
