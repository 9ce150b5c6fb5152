package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.Request;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a peer may not send, and that what was said before has its outcome all the same.
///
/// Under way to the peer are: message 1, request 2, message 3 to a pool.
class LinkViolationTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final MessageLimits SMALL = new MessageLimits(100, 4, 300, 6, 400, 3);

    private final LinkPair pair = new LinkPair(SMALL);
    private final Told message;
    private final Told request;
    private final Told broadcast = Told.ofRequest();

    LinkViolationTest() {
        // Before anything is said: it takes what comes, and tells of it at once.
        pair.right.setReady(false);
        message = pair.left.say("web-0", "m");
        request = pair.left.ask("web-0", "?", LONG);
        pair.left.link.offer(
                dev.drover.session.Address.pool("web"),
                new Said.Message(Payload.text("all")),
                WhenFull.fail(),
                broadcast);
        pair.settle();
        pair.left.handlers.onMessage(_ -> {});
    }

    @AfterEach
    void close() {
        pair.close();
        assertThat(List.of(message, request, broadcast)).allMatch(it -> it.ends() == 1);
    }

    record Case(String name, boolean overLimit, List<Envelope> envelopes, List<IdRange> taken) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case malformed(String name, Envelope... envelopes) {
        return new Case(name, false, List.of(envelopes), List.of());
    }

    private static Case overLimit(String name, Envelope... envelopes) {
        return new Case(name, true, List.of(envelopes), List.of());
    }

    private static Case wronglyTaken(String name, IdRange... ranges) {
        return new Case(name, false, List.of(), List.of(ranges));
    }

    private static IdRange range(long first, long last) {
        return IdRange.newBuilder().setFirst(first).setLast(last).build();
    }

    private static dev.drover.protocol.worker.v1.Payload payload(int bytes) {
        return dev.drover.protocol.worker.v1.Payload.newBuilder()
                .setData(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private static Envelope say(long id, int bytes) {
        return Envelope.newBuilder().setId(id).setMessage(payload(bytes)).build();
    }

    private static Envelope ask(long id, long seconds, int nanos) {
        return Envelope.newBuilder()
                .setId(id)
                .setRequest(Request.newBuilder()
                        .setPayload(payload(1))
                        .setTimeout(com.google.protobuf.Duration.newBuilder()
                                .setSeconds(seconds)
                                .setNanos(nanos)))
                .build();
    }

    private static Envelope from(Address.Builder address) {
        return say(1, 1).toBuilder().setAddress(address).build();
    }

    private static Envelope failed(long id, dev.drover.protocol.worker.v1.Failure.Builder failure) {
        return Envelope.newBuilder().setId(id).setFailure(failure).build();
    }

    private static dev.drover.protocol.worker.v1.Failure.Builder failure(int reason) {
        return dev.drover.protocol.worker.v1.Failure.newBuilder().setReasonValue(reason);
    }

    static Stream<Case> cases() {
        return Stream.of(
                malformed(
                        "an envelope without content",
                        Envelope.newBuilder().setId(1).build()),
                malformed("number 0", say(0, 1)),
                malformed("number -1", say(-1, 1)),
                malformed("the same number twice", say(1, 1), say(1, 1)),
                malformed("the same number for two requests", ask(1, 1, 0), ask(1, 1, 0)),
                malformed("a number that goes back", say(2, 1), say(1, 1)),
                malformed("a worker without a name", from(Address.newBuilder().setWorker(""))),
                malformed("a pool without a name", from(Address.newBuilder().setPool(""))),
                malformed("a program without a name", from(Address.newBuilder().setProgram(""))),
                malformed("a long name", from(Address.newBuilder().setWorker("w".repeat(100_000)))),
                malformed(
                        "a long content type",
                        say(1, 1).toBuilder()
                                .setMessage(payload(1).toBuilder().setContentType("t".repeat(256)))
                                .build()),
                overLimit("a large message", say(1, 101)),
                overLimit(
                        "a large request",
                        ask(1, 1, 0).toBuilder()
                                .setRequest(Request.newBuilder().setPayload(payload(101)))
                                .build()),
                overLimit(
                        "a large reply",
                        Envelope.newBuilder().setId(2).setReply(payload(101)).build()),
                malformed("a negative timeout", ask(1, -1, 0)),
                malformed("negative nanoseconds", ask(1, 0, -1)),
                malformed("a second of nanoseconds", ask(1, 0, 1_000_000_000)),
                malformed(
                        "a reply to nothing",
                        Envelope.newBuilder().setId(9).setReply(payload(1)).build()),
                malformed(
                        "a reply to a message",
                        Envelope.newBuilder().setId(1).setReply(payload(1)).build()),
                malformed(
                        "a reply to a broadcast",
                        Envelope.newBuilder().setId(3).setReply(payload(1)).build()),
                malformed(
                        "a second reply",
                        Envelope.newBuilder().setId(2).setReply(payload(1)).build(),
                        Envelope.newBuilder().setId(2).setReply(payload(1)).build()),
                malformed("a failure of nothing", failed(9, failure(1))),
                malformed("a failure without reason", failed(1, failure(0))),
                malformed("a failure of a later version", failed(1, failure(99))),
                malformed("a failure of many words", failed(1, failure(1).setMessage("w".repeat(4097)))),
                malformed("the outcome of a broadcast for a message", Envelopes.broadcast(1, 1, 0)),
                malformed("the outcome of a broadcast for a request", Envelopes.broadcast(2, 1, 0)),
                malformed("the outcome of a broadcast that was none", Envelopes.broadcast(9, 1, 0)),
                malformed("a broadcast to more than there can be", Envelopes.broadcast(3, -1, 0)),
                malformed("a broadcast that fails more than there can be", Envelopes.broadcast(3, 0, -1)),
                wronglyTaken("number 0 is taken", range(0, 0)),
                wronglyTaken("numbers from -1 are taken", range(-1, 1)),
                wronglyTaken("a range that goes back", range(2, 1)),
                wronglyTaken("more than there are", range(1, 4)),
                wronglyTaken("more than there can be", range(1, Long.MAX_VALUE)),
                wronglyTaken("what is not under way", range(9, 9)),
                wronglyTaken("the last numbers there are", range(Long.MAX_VALUE - 1, Long.MAX_VALUE)),
                wronglyTaken("a broadcast is taken", range(3, 3)),
                wronglyTaken("a message is taken twice", range(1, 1), range(1, 1)),
                wronglyTaken("a request is taken twice", range(2, 2), range(2, 2)),
                wronglyTaken("some are, some are not", range(1, 2), range(9, 9)),
                new Case("1025 envelopes", true, Collections.nCopies(1025, Envelopes.cancel(1)), List.of()),
                overLimit("more requests than may be open", ask(1, 9, 0), ask(2, 9, 0), ask(3, 9, 0), ask(4, 9, 0)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itEndsTheSession(Case broken) {
        // given
        var asked = new LinkedBlockingQueue<IncomingRequest>();
        pair.left.handlers.onRequest(asked::add);

        // when
        var violation = pair.left.given(broken.envelopes(), broken.taken());

        // then
        assertThat(violation).hasValueSatisfying(it -> {
            assertThat(it.isOverLimit()).isEqualTo(broken.overLimit());
            assertThat(it.why()).isNotBlank().hasSizeLessThan(400);
        });
    }

    @Test
    void moreMessagesThanMayWaitEndTheSession() {
        // given
        try (var unheard = new LinkPair(SMALL)) {
            unheard.left.handlers.onMessage(
                    _ -> Await.until("the end", () -> Thread.currentThread().isInterrupted()));
            var gate = new CountDownLatch(1);
            unheard.left.handlers.onMessage(_ -> Await.zero(gate));
            var many = IntStream.rangeClosed(1, 9).mapToObj(id -> say(id, 1)).toList();

            // when
            var violation = unheard.left.given(many, List.of());
            gate.countDown();

            // then
            assertThat(violation)
                    .hasValueSatisfying(it -> assertThat(it.isOverLimit()).isTrue());
        }
    }

    @Test
    void peerThatReadsNoAnswersIsEnded() {
        // given
        int bound = SMALL.maxMessages() + 2 * SMALL.maxOpenRequests();
        pair.left.setReady(false);
        var refusing = new Link(pair.loop, pair.left, SMALL, (_from, _said, outcome) -> {
            outcome.failed(new Failure(FailureReason.NO_RECEIVER, "nobody"));
            return Withdrawal.NOTHING;
        });

        // when
        long answered = pair.onLoop(() -> {
            for (long id = 1; id <= 10L * bound; id++) {
                try {
                    refusing.received(List.of(say(id, 1)), List.of());
                } catch (SessionViolation violation) {
                    return violation.isOverLimit() ? id - 1 : -1;
                }
            }
            return -2L;
        });

        // then
        assertThat(answered).isEqualTo(bound + 1);
    }

    @Test
    void whatIsWellFormedIsTolerated() {
        // given
        var unknownCancel = Envelopes.cancel(7);

        // when
        var violation =
                pair.left.given(List.of(unknownCancel, say(5, 100), say(Long.MAX_VALUE, 0)), List.of(range(1, 2)));

        // then
        assertThat(violation).isEmpty();
        assertThat(message.now()).isEqualTo("taken");
    }
}
