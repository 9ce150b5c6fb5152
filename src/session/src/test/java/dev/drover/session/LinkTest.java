package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two links and the stream between them: batches, order, room, outcomes.
class LinkTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final MessageLimits SMALL = new MessageLimits(100, 4, 300, 6, 400, 3);

    private final LinkPair pair = new LinkPair(MessageLimits.DEFAULT);

    @AfterEach
    void close() {
        pair.close();
        assertThat(pair.violations).isEmpty();
    }

    @Test
    void whatWaitsIsWrittenInFewBatches() {
        // given
        pair.left.setReady(false);
        var told = IntStream.range(0, 1000)
                .mapToObj(i -> pair.left.say("web-0", "m" + i))
                .toList();
        pair.right.handlers.onMessage(_ -> {});

        // when
        pair.left.setReady(true);

        // then
        assertThat(told).allSatisfy(it -> assertThat(it.end()).isEqualTo("taken"));
        assertThat(pair.left.batches).hasSizeLessThanOrEqualTo(10).allMatch(size -> size <= Link.MAX_ENVELOPES);
    }

    @Test
    void batchOfLargePayloadsHasFewBytes() {
        // given
        pair.left.setReady(false);
        pair.right.handlers.onMessage(_ -> {});
        var large = new Payload("", ByteString.copyFrom(new byte[100_000]));
        var alone = new Payload("", ByteString.copyFrom(new byte[1 << 20]));
        var told = new ArrayList<Told>();
        for (int i = 0; i < 10; i++) {
            told.add(pair.left.say("web-0", large, WhenFull.fail()));
        }
        told.add(pair.left.say("web-0", alone, WhenFull.fail()));

        // when
        pair.left.setReady(true);

        // then
        assertThat(told).allSatisfy(it -> assertThat(it.end()).isEqualTo("taken"));
        assertThat(pair.left.batches)
                .allMatch(size -> size * 100_000 <= Link.MAX_BATCH_BYTES)
                .endsWith(1);
    }

    @Test
    void nothingIsWrittenWhileTheStreamIsNotReady() {
        // given
        pair.left.setReady(false);
        pair.right.handlers.onMessage(_ -> {});

        // when
        pair.left.say("web-0", "m");
        pair.settle();

        // then
        assertThat(pair.left.batches).isEmpty();
    }

    @Test
    void everySenderIsHeardInItsOrder() throws Exception {
        // given
        Map<Address, BlockingQueue<Integer>> heard = new ConcurrentHashMap<>();
        pair.right.handlers.onMessage(message -> heard.computeIfAbsent(message.from(), _ -> new LinkedBlockingQueue<>())
                .add(Integer.parseInt(message.payload().text())));
        pair.right.handlers.onRequest(request -> {
            heard.computeIfAbsent(request.from(), _ -> new LinkedBlockingQueue<>())
                    .add(Integer.parseInt(request.payload().text()));
            request.reply(request.payload());
        });
        int senders = 8;
        int each = 3000;

        // when
        var threads = IntStream.range(0, senders)
                .mapToObj(sender -> Thread.ofVirtual().start(() -> speak("web-" + sender, each)))
                .toList();
        for (var thread : threads) {
            thread.join();
        }
        Await.until(
                "everything is heard",
                () -> heard.values().stream().mapToInt(BlockingQueue::size).sum() == senders * each);

        // then
        assertThat(heard.values())
                .allSatisfy(ofOne -> assertThat(ofOne)
                        .containsExactlyElementsOf(
                                IntStream.range(0, each).boxed().toList()));
    }

    private void speak(String sender, int times) {
        for (int i = 0; i < times; i++) {
            var payload = Payload.text(Integer.toString(i));
            var said = i % 5 == 0
                    ? new Said.Request(payload, System.nanoTime() + LONG.toNanos())
                    : new Said.Message(payload);
            var told = i % 5 == 0 ? Told.ofRequest() : Told.ofMessage();
            pair.left.link.offer(Address.worker(sender), said, WhenFull.waitFor(LONG), told);
        }
    }

    @Test
    void threadsOfOneSenderKeepTheirOrderEach() throws Exception {
        // given
        BlockingQueue<int[]> heard = new LinkedBlockingQueue<>();
        pair.right.handlers.onMessage(message -> {
            var parts = message.payload().text().split(" ", -1);
            heard.add(new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])});
        });

        // when
        var threads = IntStream.range(0, 4)
                .mapToObj(thread -> Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 3000; i++) {
                        pair.left.say("web-0", Payload.text(thread + " " + i), WhenFull.waitFor(LONG));
                    }
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }
        Await.until("everything is heard", () -> heard.size() == 12_000);

        // then
        var next = new int[4];
        assertThat(heard).allSatisfy(it -> assertThat(it[1]).isEqualTo(next[it[0]]++));
    }

    @Test
    void oneAddressHasItsOwnRoom() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }

            // when
            var tooMany = small.left.say("web-0", "m");
            var toOther = small.left.say("web-1", "m");

            // then
            assertThat(tooMany.now()).isEqualTo("failed QUEUE_FULL");
            assertThat(toOther.now()).isEmpty();
        }
    }

    @Test
    void oneAddressHasItsOwnBytes() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            var hundred = Payload.of(new byte[100]);
            for (int i = 0; i < 3; i++) {
                small.left.say("web-0", hundred, WhenFull.fail());
            }

            // when
            var tooMany = small.left.say("web-0", Payload.of(new byte[1]), WhenFull.fail());
            var toOther = small.left.say("web-1", hundred, WhenFull.fail());

            // then
            assertThat(tooMany.now()).isEqualTo("failed QUEUE_FULL");
            assertThat(toOther.now()).isEmpty();
        }
    }

    @Test
    void allAddressesTogetherHaveTheirBounds() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessages(); i++) {
                small.left.say("web-" + i, "m");
            }

            // when
            var tooMany = small.left.say("web-9", "m");

            // then
            assertThat(tooMany.now()).isEqualTo("failed QUEUE_FULL");
        }
    }

    @Test
    void allAddressesTogetherHaveTheirBytes() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < 4; i++) {
                small.left.say("web-" + i, Payload.of(new byte[100]), WhenFull.fail());
            }

            // when
            var tooMany = small.left.say("web-9", "m");

            // then
            assertThat(tooMany.now()).isEqualTo("failed QUEUE_FULL");
        }
    }

    @Test
    void openRequestsAreBoundedAlsoOnceTheyAreTaken() {
        try (var small = new LinkPair(SMALL)) {
            // given
            var asked = new LinkedBlockingQueue<IncomingRequest>();
            small.right.handlers.onRequest(asked::add);
            var open = IntStream.range(0, SMALL.maxOpenRequests())
                    .mapToObj(i -> small.left.ask("web-" + i, "?", LONG))
                    .toList();
            Await.until("all are taken", () -> open.stream().allMatch(it -> it.timesTaken() == 1));

            // when
            var tooMany = small.left.ask("web-9", "?", LONG);
            Await.next(asked).reply(Payload.text("!"));
            Await.until("one is answered", () -> open.stream().anyMatch(it -> it.ends() == 1));
            var again = small.left.ask("web-9", "?", LONG);

            // then
            assertThat(tooMany.now()).isEqualTo("failed QUEUE_FULL");
            assertThat(again.now()).isEmpty();
            assertThat(small.violations).isEmpty();
        }
    }

    @Test
    void roomComesBackWithWhateverOutcome() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.right.handlers.onMessage(_ -> {});
            small.right.handlers.onRequest(request -> {
                switch (request.payload().text()) {
                    case "reply" -> request.reply(Payload.text("!"));
                    case "throw" -> throw new IllegalStateException("on purpose");
                    default -> request.fail("no");
                }
            });

            // when
            for (int round = 0; round < 50; round++) {
                assertThat(small.left
                                .say("web-0", Payload.of(new byte[100]), WhenFull.fail())
                                .end())
                        .isEqualTo("taken");
                assertThat(small.left.ask("web-0", "reply", LONG).end()).isEqualTo("replied !");
                assertThat(small.left.ask("web-0", "fail", LONG).end()).isEqualTo("failed HANDLER_FAILED");
                small.settle();
            }
            assertThat(small.left.ask("web-0", "throw", LONG).end()).isEqualTo("failed HANDLER_FAILED");

            // then
            assertThat(small.violations).isEmpty();
        }
    }

    @Test
    void senderWaitsForRoom() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            small.right.handlers.onMessage(_ -> {});
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }
            var waiting = inThread(() -> small.left.say("web-0", Payload.text("w"), WhenFull.waitFor(LONG)));
            awaitParked(waiting.thread());

            // when
            small.left.setReady(true);

            // then
            assertThat(Await.of(waiting.result()).end()).isEqualTo("taken");
        }
    }

    @Test
    void waitForRoomEndsWithItsPatience() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }

            // when
            long start = System.nanoTime();
            var told = small.left.say("web-0", Payload.text("w"), WhenFull.waitFor(Duration.ofMillis(50)));
            long waited = System.nanoTime() - start;

            // then
            assertThat(told.now()).isEqualTo("failed QUEUE_FULL");
            assertThat(Duration.ofNanos(waited)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(5));
        }
    }

    @Test
    void interruptedSenderFailsAndStaysInterrupted() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }
            var flag = new LinkedBlockingQueue<Boolean>();
            var waiting = inThread(() -> {
                var told = small.left.say("web-0", Payload.text("w"), WhenFull.waitFor(LONG));
                flag.add(Thread.currentThread().isInterrupted());
                return told;
            });
            awaitParked(waiting.thread());

            // when
            waiting.thread().interrupt();

            // then
            assertThat(Await.of(waiting.result()).now()).isEqualTo("failed QUEUE_FULL");
            assertThat(Await.next(flag)).isTrue();
        }
    }

    @Test
    void nobodyWaitsOnTheLoop() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }

            // when
            var told = small.onLoop(() -> small.left.say("web-0", Payload.text("w"), WhenFull.waitFor(LONG)));

            // then
            assertThat(told.now()).isEqualTo("failed QUEUE_FULL");
        }
    }

    @Test
    void endWakesEveryoneWhoWaitsForRoom() {
        try (var small = new LinkPair(SMALL)) {
            // given
            small.left.setReady(false);
            for (int i = 0; i < SMALL.maxMessagesPerPeer(); i++) {
                small.left.say("web-0", "m");
            }
            var waiting = IntStream.range(0, 20)
                    .mapToObj(_ -> inThread(() -> small.left.say("web-0", Payload.text("w"), WhenFull.waitFor(LONG))))
                    .toList();
            waiting.forEach(it -> awaitParked(it.thread()));

            // when
            small.left.close();

            // then
            assertThat(waiting)
                    .allSatisfy(it -> assertThat(Await.of(it.result()).now()).isEqualTo("failed PEER_GONE"));
        }
    }

    @Test
    void whatIsTooLargeIsNotSent() {
        // given
        var tooLarge = Payload.of(new byte[MessageLimits.DEFAULT.maxPayloadBytes() + 1]);

        // when
        var told = pair.left.say("web-0", tooLarge, WhenFull.waitFor(LONG));

        // then
        assertThat(told.now()).isEqualTo("failed TOO_LARGE");
    }

    @Test
    void replyThatIsTooLargeFailsTheRequest() {
        // given
        pair.right.handlers.onRequest(
                request -> request.reply(Payload.of(new byte[MessageLimits.DEFAULT.maxPayloadBytes() + 1])));

        // when
        var told = pair.left.ask("web-0", "?", LONG);

        // then
        assertThat(told.end()).isEqualTo("failed HANDLER_FAILED");
    }

    @Test
    void replyThatFindsNoRoomIsNotToldAsUndelivered() {
        try (var small = new LinkPair(SMALL)) {
            // given
            var asked = new LinkedBlockingQueue<IncomingRequest>();
            small.right.handlers.onRequest(asked::add);
            var told = small.left.ask("web-0", "?", LONG);
            var request = Await.next(asked);
            small.right.setReady(false);
            for (int i = 0; i < 4; i++) {
                small.right.say("web-" + i, Payload.of(new byte[100]), WhenFull.fail());
            }

            // when
            small.onLoop(() -> {
                request.reply(Payload.text("!"));
                return true;
            });
            small.right.setReady(true);

            // then
            assertThat(told.end()).isEqualTo("failed HANDLER_FAILED");
            assertThat(FailureReason.HANDLER_FAILED.maybeDelivered()).isTrue();
        }
    }

    @Test
    void replyWaitsForRoomOffTheLoop() {
        try (var small = new LinkPair(SMALL)) {
            // given
            var asked = new LinkedBlockingQueue<IncomingRequest>();
            small.right.handlers.onRequest(asked::add);
            small.left.handlers.onMessage(_ -> {});
            var told = small.left.ask("web-0", "?", LONG);
            var request = Await.next(asked);
            small.right.setReady(false);
            for (int i = 0; i < 4; i++) {
                small.right.say("web-" + i, Payload.of(new byte[100]), WhenFull.fail());
            }
            var replying = inThread(() -> {
                request.reply(Payload.text("!"));
                return true;
            });
            awaitParked(replying.thread());

            // when
            small.right.setReady(true);

            // then
            assertThat(told.end()).isEqualTo("replied !");
        }
    }

    @Test
    void handlersThatAreMissingFailWhatComes() {
        // given
        var message = pair.left.say("web-0", "m");

        // when
        var request = pair.left.ask("web-0", "?", LONG);

        // then
        assertThat(message.end()).isEqualTo("failed NO_HANDLER");
        assertThat(request.end()).isEqualTo("failed NO_HANDLER");
    }

    /// A handler in another language of the JVM throws what it likes.
    @Test
    void handlerThatThrowsAnythingCostsNobodyElseAnything() {
        // given
        pair.right.handlers.onMessage(message -> {
            if (message.payload().text().equals("throw")) {
                throw LinkTest.<RuntimeException>sneaky(new Exception("on purpose"));
            }
        });
        pair.right.handlers.onRequest(_ -> {
            throw LinkTest.<RuntimeException>sneaky(new Exception("on purpose"));
        });

        // when
        var thrown = pair.left.say("web-0", "throw");
        var request = pair.left.ask("web-0", "?", LONG);
        var next = pair.left.say("web-0", "m");

        // then
        assertThat(thrown.end()).isEqualTo("taken");
        assertThat(request.end()).isEqualTo("failed HANDLER_FAILED");
        assertThat(next.end()).isEqualTo("taken");
    }

    @Test
    void failureThatCannotBeToldStillFailsTheRequest() {
        // given
        pair.right.handlers.onRequest(_ -> {
            throw new IllegalStateException() {
                private static final long serialVersionUID = 1L;

                @Override
                public String toString() {
                    throw new UnsupportedOperationException("on purpose");
                }

                @Override
                public String getMessage() {
                    throw new UnsupportedOperationException("on purpose");
                }
            };
        });
        pair.right.handlers.onMessage(_ -> {});

        // when
        var request = pair.left.ask("web-0", "?", LONG);
        var next = pair.left.say("web-0", "m");

        // then
        assertThat(request.end()).isEqualTo("failed HANDLER_FAILED");
        assertThat(next.end()).isEqualTo("taken");
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable failure) throws T {
        throw (T) failure;
    }

    @Test
    void slowHandlerSlowsItsSenderOnly() {
        // given
        var gate = new CountDownLatch(1);
        pair.right.handlers.onMessage(message -> {
            if (message.from().equals(Address.worker("slow"))) {
                Await.zero(gate);
            }
        });
        var slow = IntStream.range(0, MessageLimits.DEFAULT.maxMessagesPerPeer())
                .mapToObj(_ -> pair.left.say("slow", "m"))
                .toList();

        // when
        for (int i = 0; i < 5000; i++) {
            assertThat(pair.left
                            .say("fast", Payload.text("m"), WhenFull.waitFor(LONG))
                            .ends())
                    .isLessThanOrEqualTo(1);
        }
        var last =
                pair.left.say("fast", Payload.text("m"), WhenFull.waitFor(LONG)).end();
        var taken = slow.stream().filter(it -> it.ends() > 0).count();
        gate.countDown();

        // then
        assertThat(last).isEqualTo("taken");
        assertThat(taken).isLessThanOrEqualTo(1);
        assertThat(slow).allSatisfy(it -> assertThat(it.end()).isEqualTo("taken"));
    }

    @Test
    void oneWriteHasABoundedNumberOfRanges() {
        try (var other = new LinkPair(MessageLimits.DEFAULT)) {
            // given
            other.right.setReady(false);

            // when
            for (long id = 1; id < 10_000; id += 2) {
                other.right.link.tellTaken(id);
            }
            other.right.setReady(true);
            Await.until("it is written", () -> !other.right.ranges.isEmpty());

            // then
            assertThat(other.right.ranges).allMatch(size -> size <= 1024);
        }
    }

    private record Running<T>(Thread thread, CompletableFuture<T> result) {}

    private static <T> Running<T> inThread(Callable<T> task) {
        var result = new CompletableFuture<T>();
        var thread = Thread.ofPlatform().start(() -> {
            try {
                result.complete(task.call());
            } catch (Exception | AssertionError failure) {
                result.completeExceptionally(failure);
            }
        });
        return new Running<>(thread, result);
    }

    private static void awaitParked(Thread thread) {
        Await.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
    }
}
