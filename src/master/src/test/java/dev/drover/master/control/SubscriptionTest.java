package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.protocol.control.v1.Senders;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Cancel;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.Payload;
import dev.drover.session.Delivery;
import dev.drover.session.FailureReason;
import dev.drover.session.MessageException;
import dev.drover.session.MessageLimits;
import dev.drover.session.WhenFull;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Subscribe, over a real socket, with workers whose sessions are real.
class SubscriptionTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_PAYLOAD = 64 << 10;
    private static final int MAX_MESSAGES = 400;
    private static final MessageLimits LIMITS =
            new MessageLimits(MAX_PAYLOAD, 100, 4 << 20, MAX_MESSAGES, 8 << 20, 50, 16 << 20);

    private final TalkingMaster master = talkingMaster(TIMEOUT, TIMEOUT);

    @AfterEach
    void close() {
        master.close();
    }

    private static TalkingMaster talkingMaster(Duration subscription, Duration receipt) {
        return new TalkingMaster(LIMITS, new Subscription.Patience(subscription, receipt, TIMEOUT));
    }

    private static dev.drover.session.Address parent() {
        return dev.drover.session.Address.parent();
    }

    private static dev.drover.session.Payload text(String text) {
        return dev.drover.session.Payload.text(text);
    }

    @Test
    void messageToTheParentIsDeliveredWhenTheProgramHasSigned() throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var sent = master.worker("web-0").messenger().send(parent(), text("hello"));
        var given = program.next();
        boolean early = sent.isDone();

        // when
        program.sign(given);

        // then
        assertThat(sent.get(10, TimeUnit.SECONDS)).isEqualTo(new Delivery(1, 0));
        assertThat(early).isFalse();
        assertThat(given.getId()).isEqualTo(1);
        assertThat(given.getAddress().getWorker()).isEqualTo("web-0");
        assertThat(given.getMessage().getData().toStringUtf8()).isEqualTo("hello");
    }

    @Test
    void messageToItsNameReachesTheProgramThatWantsNothingElse() throws Exception {
        // given
        var program = TestProgram.of(
                master,
                dev.drover.protocol.control.v1.Subscription.newBuilder()
                        .setName("deployer")
                        .build());
        var worker = master.worker("web-0").messenger();

        // when
        var named = worker.send(dev.drover.session.Address.program("deployer"), text("to you"));
        var toParent = worker.send(parent(), text("to anybody"));
        var asked = worker.request(dev.drover.session.Address.program("deployer"), text("?"), TIMEOUT);

        // then
        program.sign(program.next());
        assertThat(named.get(10, TimeUnit.SECONDS).delivered()).isEqualTo(1);
        assertThat(reason(toParent)).isEqualTo(FailureReason.NO_RECEIVER);
        assertThat(reason(asked)).isEqualTo(FailureReason.NO_HANDLER);
        assertThat(program.unread()).isZero();
    }

    @Test
    void manyMessagesComeInOrderAndAreSignedForAtOnce() throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var worker = master.worker("web-0").messenger();
        var sent = new ArrayList<CompletableFuture<Delivery>>();
        for (int i = 0; i < 90; i++) {
            sent.add(worker.send(parent(), text("message " + i)));
        }

        // when
        for (int i = 0; i < 90; i++) {
            assertThat(program.next().getMessage().getData().toStringUtf8()).isEqualTo("message " + i);
        }
        program.sign(1, 90);

        // then
        for (var each : sent) {
            assertThat(each.get(10, TimeUnit.SECONDS).delivered()).isEqualTo(1);
        }
    }

    @Test
    void requestIsAnsweredOrFailsByItsNumber() throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var worker = master.worker("web-0").messenger();
        var first = worker.request(parent(), text("first"), TIMEOUT);
        var second = worker.request(parent(), text("second"), TIMEOUT);
        var numbers = new long[] {program.next().getId(), program.next().getId()};

        // when
        program.fail(numbers[1], "not today");
        program.reply(numbers[0], "answer");

        // then
        assertThat(first.get(10, TimeUnit.SECONDS).text()).isEqualTo("answer");
        assertThatThrownBy(second::join).hasMessageContaining("not today");
        assertThat(reason(second)).isEqualTo(FailureReason.HANDLER_FAILED);
    }

    @Test
    void programAsksAnotherThroughTheMaster() throws Exception {
        // given
        var answering = TestProgram.parent(master, "answering");
        var call = master.futures()
                .request(dev.drover.protocol.control.v1.RequestRequest.newBuilder()
                        .setTo(Address.newBuilder().setProgram("answering"))
                        .setSender("asking")
                        .build());

        // when
        var given = answering.next();
        answering.reply(given.getId(), "42");

        // then
        assertThat(given.getAddress().getProgram()).isEqualTo("asking");
        assertThat(given.getRequest().getTimeout().getSeconds()).isBetween(20L, 30L);
        assertThat(call.get(10, TimeUnit.SECONDS).getReply().getData().toStringUtf8())
                .isEqualTo("42");
    }

    @Test
    void programHearsOnlyWhomItWants() throws Exception {
        // given
        var program = TestProgram.of(
                master,
                TestProgram.subscription("deployer")
                        .setSenders(Senders.newBuilder()
                                .addSenders(Address.newBuilder().setPool("my-web"))
                                .addSenders(Address.newBuilder().setWorker("jobs-1")))
                        .build());

        // when
        for (var name : new String[] {"web-0", "jobs-0", "my-web-0", "jobs-1", "my-web-1"}) {
            var _ = master.worker(name).messenger().send(parent(), text("I am " + name));
        }

        // then
        assertThat(program.next().getAddress().getWorker()).isEqualTo("my-web-0");
        assertThat(program.next().getAddress().getWorker()).isEqualTo("jobs-1");
        assertThat(program.next().getAddress().getWorker()).isEqualTo("my-web-1");
        assertThat(program.unread()).isZero();
    }

    @Test
    void nameIsTakenUntilItsProgramLeaves() {
        // given
        var first = TestProgram.parent(master, "deployer");
        var second = TestProgram.silent(master)
                .subscribe(TestProgram.subscription("deployer").build());
        var refused = second.ended();

        // when
        first.leave();

        // then
        assertThat(refused.getCode()).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(refused.getDescription()).contains("a program deployer has subscribed already");
        assertThat(first.ended().isOk()).isTrue();
        TestProgram.parent(master, "deployer");
    }

    @ParameterizedTest
    @MethodSource("waysToLeave")
    void whatItHasNotSignedForOrAnsweredFailsWhenItLeaves(java.util.function.Consumer<TestProgram> leave)
            throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var worker = master.worker("web-0").messenger();
        var signed = worker.send(parent(), text("signed"));
        var unsigned = worker.send(parent(), text("unsigned"));
        var asked = worker.request(parent(), text("asked"), TIMEOUT);
        program.sign(program.next());
        program.next();
        program.next();
        var delivery = signed.get(10, TimeUnit.SECONDS);

        // when
        leave.accept(program);

        // then
        assertThat(delivery.delivered()).isEqualTo(1);
        assertThat(reason(unsigned)).isEqualTo(FailureReason.PEER_GONE);
        assertThat(reason(asked)).isEqualTo(FailureReason.PEER_GONE);
    }

    static Arguments[] waysToLeave() {
        return new Arguments[] {
            Arguments.of((java.util.function.Consumer<TestProgram>) TestProgram::leave),
            Arguments.of((java.util.function.Consumer<TestProgram>) TestProgram::vanish),
            Arguments.of((java.util.function.Consumer<TestProgram>) program -> program.sign(7, 9))
        };
    }

    @Test
    void requestThatIsNoLongerWantedIsCancelledAndItsAnswerIgnored() throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var worker = master.worker("web-0").messenger();
        var asked = worker.request(parent(), text("?"), TIMEOUT);
        var given = program.next();
        asked.cancel(true);
        var cancel = program.next();

        // when
        program.reply(given.getId(), "too late");
        program.sign(given);
        var sent = worker.send(parent(), text("and still it is subscribed"));
        program.sign(program.next());

        // then
        assertThat(cancel.getId()).isEqualTo(given.getId());
        assertThat(cancel.getContentCase()).isEqualTo(Envelope.ContentCase.CANCEL);
        assertThat(sent.get(10, TimeUnit.SECONDS).delivered()).isEqualTo(1);
    }

    static Arguments[] violations() {
        var subscription = TestProgram.subscription("deployer");
        return new Arguments[] {
            violation("a second subscription", request -> request.setSubscription(subscription)),
            violation("numbers 0 to 1 as taken", request -> request.addTaken(range(0, 1))),
            violation("numbers 1 to 2 as taken", request -> request.addTaken(range(1, 2))),
            violation("numbers 2 to 1 as taken", request -> request.addTaken(range(2, 1))),
            violation("numbers 1 to 9223372036854775807", request -> request.addTaken(range(1, Long.MAX_VALUE))),
            violation("numbers 18446744073709551615", request -> request.addTaken(range(-1, -1))),
            violation(
                    "an answer to number 2",
                    request -> request.addEnvelopes(
                            Envelope.newBuilder().setId(2).setReply(Payload.getDefaultInstance()))),
            violation(
                    "neither reply nor failure",
                    request -> request.addEnvelopes(Envelope.newBuilder().setId(1))),
            violation(
                    "neither reply nor failure",
                    request -> request.addEnvelopes(
                            Envelope.newBuilder().setId(1).setMessage(Payload.getDefaultInstance()))),
            violation(
                    "neither reply nor failure",
                    request -> request.addEnvelopes(
                            Envelope.newBuilder().setId(1).setCancel(Cancel.getDefaultInstance()))),
            violation(
                    "a reply of 65537 bytes",
                    request -> request.addEnvelopes(Envelope.newBuilder()
                            .setId(1)
                            .setReply(Payload.newBuilder()
                                    .setData(com.google.protobuf.ByteString.copyFrom(new byte[MAX_PAYLOAD + 1]))))),
            violation(
                    "envelopes.reply.content_type",
                    request -> request.addEnvelopes(Envelope.newBuilder()
                            .setId(1)
                            .setReply(Payload.newBuilder().setContentType("x".repeat(256))))),
            violation("more than 1024", request -> {
                for (int i = 0; i <= 1024; i++) {
                    request.addTaken(range(1, 1));
                }
                return request;
            })
        };
    }

    private static Arguments violation(String told, UnaryOperator<SubscribeRequest.Builder> sin) {
        return Arguments.of(told, sin.apply(SubscribeRequest.newBuilder()).build());
    }

    private static IdRange.Builder range(long first, long last) {
        return IdRange.newBuilder().setFirst(first).setLast(last);
    }

    @ParameterizedTest
    @MethodSource("violations")
    void programThatBreaksTheContractIsCutOff(String told, SubscribeRequest sin) throws Exception {
        // given
        var program = TestProgram.parent(master, "deployer");
        var asked = master.worker("web-0").messenger().request(parent(), text("?"), TIMEOUT);
        program.next();

        // when
        program.say(sin);

        // then
        assertThat(program.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(program.ended().getDescription()).contains(told);
        assertThat(reason(asked)).isEqualTo(FailureReason.PEER_GONE);
        TestProgram.parent(master, "deployer");
    }

    static Arguments[] beginnings() {
        var subscription = TestProgram.subscription("deployer");
        return new Arguments[] {
            Arguments.of("no subscription", SubscribeRequest.getDefaultInstance()),
            Arguments.of(
                    "beside the subscription",
                    SubscribeRequest.newBuilder()
                            .setSubscription(subscription)
                            .addTaken(range(1, 1))
                            .build()),
            Arguments.of(
                    "subscription.name is required",
                    subscribing(subscription.clone().clearName())),
            Arguments.of(
                    "subscription.name is not allowed",
                    subscribing(subscription.clone().setName("a b"))),
            Arguments.of(
                    "subscription.name is not allowed",
                    subscribing(subscription.clone().setName("x".repeat(254)))),
            Arguments.of(
                    "subscription.senders.senders is required",
                    subscribing(subscription
                            .clone()
                            .setSenders(Senders.newBuilder().addSenders(Address.getDefaultInstance()))))
        };
    }

    private static SubscribeRequest subscribing(dev.drover.protocol.control.v1.Subscription.Builder subscription) {
        return SubscribeRequest.newBuilder().setSubscription(subscription).build();
    }

    @ParameterizedTest
    @MethodSource("beginnings")
    void wrongBeginningIsAnInvalidArgument(String told, SubscribeRequest beginning) {
        // given
        var program = TestProgram.silent(master);

        // when
        program.say(beginning);

        // then
        assertThat(program.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(program.ended().getDescription()).contains(told);
    }

    @Test
    void silentCallerIsCutOff() {
        // given
        try (var hasty = talkingMaster(Duration.ofMillis(50), TIMEOUT)) {
            // when
            var program = TestProgram.silent(hasty);

            // then
            assertThat(program.ended().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void programThatDoesNotSignIsCutOffBecauseWorkersWait() {
        // given
        try (var hasty = talkingMaster(TIMEOUT, Duration.ofMillis(200))) {
            var program = TestProgram.parent(hasty, "deployer");

            // when
            var sent = hasty.worker("web-0").messenger().send(parent(), text("hello"));

            // then
            assertThat(program.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(program.ended().getDescription()).contains("not signed for within");
            assertThat(reason(sent)).isEqualTo(FailureReason.PEER_GONE);
        }
    }

    @Test
    void programThatIsToldNothingIsGivenSignsOfLife() throws Exception {
        // given
        var brief = Duration.ofMillis(50);
        try (var lively = new TalkingMaster(LIMITS, new Subscription.Patience(TIMEOUT, brief, brief))) {
            var program = TestProgram.parent(lively, "deployer");

            // when
            program.awaitSignOfLife();
            program.awaitSignOfLife();

            // then
            assertThat(program.unread()).isZero();
        }
    }

    @Test
    void programThatSignsButAnswersLateStays() throws Exception {
        // given
        try (var hasty = talkingMaster(TIMEOUT, Duration.ofSeconds(1))) {
            var late = TestProgram.parent(hasty, "late");
            var asked = hasty.worker("web-0").messenger().request(parent(), text("?"), TIMEOUT);
            late.sign(late.next());
            // Cut off later than one that would have been with it.
            var witness = TestProgram.of(
                    hasty,
                    dev.drover.protocol.control.v1.Subscription.newBuilder()
                            .setName("witness")
                            .build());
            var _ = hasty.worker("web-1").messenger().send(dev.drover.session.Address.program("witness"), text("!"));
            assertThat(witness.ended().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);

            // when
            late.reply(1, "at last");

            // then
            assertThat(asked.get(10, TimeUnit.SECONDS).text()).isEqualTo("at last");
        }
    }

    @Test
    void programThatReadsNothingHoldsUpNobody() throws Exception {
        // given more than the streams between could hold
        var deaf = TestProgram.deaf(master, "deaf");
        var reading = TestProgram.parent(master, "reading");
        var workers = new ArrayList<dev.drover.session.Messenger>();
        for (int i = 0; i < 8; i++) {
            workers.add(master.worker("web-" + i).messenger());
        }
        var large = dev.drover.session.Payload.of(new byte[MAX_PAYLOAD]);

        // when every message is signed for by the one that reads
        for (int round = 0; round < 100; round++) {
            var sent = workers.get(round % 8).send(parent(), large, WhenFull.fail());
            reading.sign(reading.next());
            assertThat(sent.get(10, TimeUnit.SECONDS).delivered()).isEqualTo(1);
        }

        // then the other has got what it may hold, and no more
        var toDeaf = workers.getFirst().send(dev.drover.session.Address.program("deaf"), large, WhenFull.fail());
        assertThat(deaf.unread()).isZero();
        assertThat(toDeaf)
                .satisfiesAnyOf(
                        sent -> assertThat(sent).isNotDone(),
                        sent -> assertThat(reason(sent)).isEqualTo(FailureReason.QUEUE_FULL));
    }

    @Test
    void requestsWhoseTimeIsUpAreDroppedUnread() throws Exception {
        // given a program that reads nothing, and payloads that fill every window on the way
        TestProgram.deaf(master, "deaf");
        var worker = master.worker("web-0").messenger();
        var large = dev.drover.session.Payload.of(new byte[MAX_PAYLOAD]);

        // when more requests than it may hold come and go
        for (int i = 0; i < 4 * LIMITS.maxOpenRequests(); i++) {
            var asked = worker.request(parent(), large, Duration.ofMillis(1));
            assertThat(reason(asked)).isIn(FailureReason.DEADLINE_EXCEEDED, FailureReason.QUEUE_FULL);
        }

        // then there is room for another
        var last = worker.request(parent(), large, Duration.ofMillis(50));
        assertThat(reason(last)).isEqualTo(FailureReason.DEADLINE_EXCEEDED);
    }

    private static FailureReason reason(CompletableFuture<?> failed) {
        return failed.orTimeout(10, TimeUnit.SECONDS)
                .handle((_, failure) -> {
                    var cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
                    if (cause instanceof MessageException told) {
                        return told.reason();
                    }
                    throw new AssertionError("no failure of a message", cause);
                })
                .join();
    }
}
