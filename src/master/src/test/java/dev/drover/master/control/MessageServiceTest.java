package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import dev.drover.protocol.control.v1.RequestRequest;
import dev.drover.protocol.control.v1.RequestResponse;
import dev.drover.protocol.control.v1.SendRequest;
import dev.drover.protocol.control.v1.SendResponse;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Payload;
import dev.drover.session.IncomingRequest;
import dev.drover.session.MessageLimits;
import dev.drover.session.SessionClient;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Send and Request, over a real socket to workers with real sessions.
class MessageServiceTest {
    private static final int MAX_PAYLOAD = 64 << 10;
    private static final MessageLimits LIMITS = new MessageLimits(MAX_PAYLOAD, 2000, 1 << 20, 4000, 4 << 20, 100);

    private final TalkingMaster master = new TalkingMaster(LIMITS, Subscription.Patience.DEFAULT);

    @AfterEach
    void close() {
        master.close();
    }

    @Test
    void messageIsInTheHandsOfTheWorkerWhenTheCallReturns() {
        // given
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        master.worker("web-0")
                .messenger()
                .onMessage(message -> heard.add(message.from() + " says "
                        + message.payload().text() + " as " + message.payload().contentType()));

        // when
        var response = master.calls()
                .send(message(worker("web-0"), "hello").toBuilder()
                        .setSender("deployer")
                        .build());

        // then
        assertThat(response).isEqualTo(SendResponse.newBuilder().setDelivered(1).build());
        assertThat(heard).containsExactly("program/deployer says hello as text/plain");
    }

    @Test
    void senderWithoutANameIsAnonymous() {
        // given
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        master.worker("web-0")
                .messenger()
                .onMessage(message -> heard.add(message.from().toString()));

        // when
        var _ = master.calls().send(message(worker("web-0"), "hello"));

        // then
        assertThat(heard).containsExactly("program/anonymous");
    }

    @Test
    void messageToAPoolTellsHowManyHaveItAndHowManyNot() {
        // given two that take messages and one that does not
        master.worker("web-0").messenger().onMessage(_ -> {});
        master.worker("web-1").messenger().onMessage(_ -> {});
        master.worker("web-2");
        master.worker("jobs-0").messenger().onMessage(_ -> {});

        // when
        var response =
                master.calls().send(message(Address.newBuilder().setPool("web").build(), "hello"));

        // then
        assertThat(response)
                .isEqualTo(
                        SendResponse.newBuilder().setDelivered(2).setFailed(1).build());
    }

    @Test
    void receiverThatIsNotThereIsNotFound() throws Exception {
        for (var to : new Address[] {
            worker("web-9"),
            Address.newBuilder().setPool("web").build(),
            Address.newBuilder().setProgram("web").build()
        }) {
            // when
            var failure = refused(() -> master.calls().send(message(to, "hello")));

            // then
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(info(failure).getReason()).isEqualTo("NO_RECEIVER");
            assertThat(info(failure).getMetadataMap()).containsEntry("maybe_delivered", "false");
        }
    }

    @Test
    void receiverWithoutAHandlerIsAPreconditionThatFails() throws Exception {
        // given
        master.worker("web-0");

        // when
        var sent = refused(() -> master.calls().send(message(worker("web-0"), "hello")));
        var asked = refused(() -> master.calls().request(request(worker("web-0"), "hello")));

        // then
        assertThat(sent.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(asked.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(info(asked).getReason()).isEqualTo("NO_HANDLER");
        assertThat(info(asked).getMetadataMap()).containsEntry("to", "web-0");
    }

    @Test
    void payloadBeyondTheLimitIsAnInvalidArgument() throws Exception {
        // given
        master.worker("web-0").messenger().onMessage(_ -> {});
        var largest = SendRequest.newBuilder()
                .setTo(worker("web-0"))
                .setPayload(Payload.newBuilder().setData(ByteString.copyFrom(new byte[MAX_PAYLOAD])));
        var larger = largest.clone()
                .setPayload(Payload.newBuilder().setData(ByteString.copyFrom(new byte[MAX_PAYLOAD + 1])));

        // when
        var sent = master.calls().send(largest.build());
        var failure = refused(() -> master.calls().send(larger.build()));

        // then
        assertThat(sent.getDelivered()).isEqualTo(1);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).contains("65537 bytes", "at most 65536");
        assertThat(info(failure).getReason()).isEqualTo("TOO_LARGE");
    }

    @Test
    void fieldsThatAreMissingOrBeyondTheirRangeAreInvalidArguments() throws Exception {
        // given
        var send = message(worker("web-0"), "hello").toBuilder();
        var ask = request(worker("web-0"), "hello").toBuilder();
        var negative = Duration.newBuilder().setSeconds(-1).build();

        // when / then
        assertInvalid("to", () -> master.calls().send(send.clone().clearTo().build()));
        assertInvalid(
                "to",
                () -> master.calls()
                        .send(send.clone().setTo(Address.getDefaultInstance()).build()));
        assertInvalid(
                "to",
                () -> master.calls()
                        .send(send.clone().setTo(worker("x".repeat(254))).build()));
        assertInvalid(
                "to",
                () -> master.calls()
                        .request(ask.clone()
                                .setTo(Address.newBuilder().setPool("web"))
                                .build()));
        assertInvalid(
                "sender",
                () -> master.calls().send(send.clone().setSender("two words").build()));
        assertInvalid(
                "sender",
                () -> master.calls()
                        .send(send.clone().setSender("x".repeat(254)).build()));
        assertInvalid(
                "wait_when_full",
                () -> master.calls().send(send.clone().setWaitWhenFull(negative).build()));
        assertInvalid(
                "timeout",
                () -> master.calls().request(ask.clone().setTimeout(negative).build()));
        assertInvalid(
                "timeout",
                () -> master.calls()
                        .request(ask.clone()
                                .setTimeout(Duration.getDefaultInstance())
                                .build()));
        assertInvalid(
                "payload.content_type",
                () -> master.calls()
                        .send(send.clone()
                                .setPayload(Payload.newBuilder().setContentType("é".repeat(128)))
                                .build()));
    }

    private static void assertInvalid(String field, org.assertj.core.api.ThrowableAssert.ThrowingCallable call)
            throws Exception {
        var failure = refused(call);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failure.getStatus().getDescription()).startsWith(field);
        assertThat(info(failure).getMetadataMap()).containsEntry("field", field);
    }

    @Test
    void fullQueueFailsAtOnceForOneThatDoesNotWait() throws Exception {
        // given
        var filled = fill("web-0");

        // when
        var failure = refused(() -> master.calls()
                .send(message(worker("web-0"), "more").toBuilder()
                        .setSender("filler")
                        .setWaitWhenFull(Duration.getDefaultInstance())
                        .build()));

        // then
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(info(failure).getReason()).isEqualTo("QUEUE_FULL");
        assertThat(filled.heard).isEmpty();
    }

    @Test
    void waitForRoomEndsWithTheCallsDeadline() throws Exception {
        // given
        fill("web-0");
        var call = master.calls().withDeadlineAfter(300, TimeUnit.MILLISECONDS);

        // when
        var failure = refused(() -> call.send(
                message(worker("web-0"), "more").toBuilder().setSender("filler").build()));

        // then either end may have noticed first
        assertThat(failure.getStatus().getCode()).isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.RESOURCE_EXHAUSTED);
        awaitNothingInHand(0);
    }

    @Test
    void messageThatNobodyTakesInTimeIsOfUnknownOutcome() throws Exception {
        // given
        master.silentWorker("web-0");

        // when
        var failure = refused(() -> master.calls()
                .send(message(worker("web-0"), "hello").toBuilder()
                        .setTimeout(Duration.newBuilder().setNanos(100_000_000))
                        .build()));

        // then
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(info(failure).getMetadataMap()).containsEntry("maybe_delivered", "true");
    }

    @Test
    void cancelledCallStopsWaitingForRoom() throws Exception {
        // given
        var filled = fill("web-0");
        int before = master.service().inHand().calls();
        var more = master.futures()
                .send(message(worker("web-0"), "more").toBuilder()
                        .setSender("filler")
                        .build());
        until(() -> master.service().inHand().calls() == before + 1);

        // when
        more.cancel(true);
        awaitNothingInHand(before);
        filled.worker.handle();

        // then
        master.calls()
                .send(message(worker("web-0"), "last").toBuilder()
                        .setSender("filler")
                        .build());
        assertThat(filled.heard).doesNotContain("more").contains("last");
    }

    private record Filled(SessionClient worker, BlockingQueue<String> heard) {}

    /// A worker that takes nothing yet, and whose queue for `program/filler` is full.
    private Filled fill(String name) {
        var worker = master.silentWorker(name);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        worker.messenger().onMessage(message -> heard.add(message.payload().text()));
        var filler = master.switchboard().program(new dev.drover.session.Address.Program("filler"));
        for (int i = 0; i < LIMITS.maxMessagesPerPeer(); i++) {
            var _ = filler.send(
                    dev.drover.session.Address.worker(name),
                    dev.drover.session.Payload.text("filling"),
                    dev.drover.session.WhenFull.fail());
        }
        return new Filled(worker, heard);
    }

    private void awaitNothingInHand(int but) {
        until(() -> master.service().inHand().calls() == but);
    }

    /// For effects that nobody tells.
    private static void until(java.util.function.BooleanSupplier effect) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!effect.getAsBoolean()) {
            assertThat(System.nanoTime() - end).as("waited in vain").isNegative();
            Thread.onSpinWait();
        }
    }

    @Test
    void requestBringsTheReply() {
        // given
        master.worker("web-0")
                .messenger()
                .onRequest(request -> request.reply(
                        dev.drover.session.Payload.text(request.payload().text() + " to you, " + request.from())));

        // when
        var reply = master.calls().request(request(worker("web-0"), "hello")).getReply();

        // then
        assertThat(reply.getData().toStringUtf8()).isEqualTo("hello to you, program/anonymous");
        assertThat(reply.getContentType()).isEqualTo("text/plain; charset=utf-8");
    }

    @Test
    void handlerThatFailsAbortsTheRequest() throws Exception {
        // given words that are long where headers are short
        var worker = master.worker("web-0");
        worker.messenger().onRequest(request -> request.fail("坏".repeat(1024)));

        // when
        var failure = refused(() -> master.calls().request(request(worker("web-0"), "hello")));

        // then
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(failure.getStatus().getDescription()).isEqualTo("坏".repeat(341));
        assertThat(info(failure).getReason()).isEqualTo("HANDLER_FAILED");
    }

    @Test
    void requestWithoutAReplyFailsAtItsTimeoutAndItsHandlerIsTold() throws Exception {
        // given
        var asked = asking("web-0");

        // when
        var failure = refused(() -> master.calls()
                .request(request(worker("web-0"), "hello").toBuilder()
                        .setTimeout(Duration.newBuilder().setNanos(200_000_000))
                        .build()));

        // then
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(info(failure).getReason()).isEqualTo("DEADLINE_EXCEEDED");
        assertTold(asked);
    }

    @Test
    void callsDeadlineIsTheRequests() throws Exception {
        // given
        var asked = asking("web-0");
        var call = master.futures().withDeadlineAfter(15, TimeUnit.SECONDS).request(request(worker("web-0"), "hello"));

        // when
        var left = Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).timeLeft();

        // then
        assertThat(left).isBetween(java.time.Duration.ofSeconds(4), java.time.Duration.ofSeconds(15));
        assertThat(call).isNotDone();
    }

    @Test
    void requestWithoutADeadlineHasThirtySeconds() throws Exception {
        // given
        var asked = asking("web-0");

        // when
        var _ = master.futures().request(request(worker("web-0"), "hello"));

        // then
        assertThat(Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).timeLeft())
                .isBetween(java.time.Duration.ofSeconds(19), java.time.Duration.ofSeconds(30));
    }

    @Test
    void cancelledCallWithdrawsTheRequest() throws Exception {
        // given
        var asked = asking("web-0");
        var call = master.futures().request(request(worker("web-0"), "hello"));
        var request = Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS));

        // when
        call.cancel(true);

        // then
        var told = new CountDownLatch(1);
        request.onCancel(told::countDown);
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
        awaitNothingInHand(0);
    }

    @Test
    void workerThatDiesLeavesItUnknown() throws Exception {
        // given
        var dying = master.worker("web-0");
        var asked = asking(dying);
        var call = master.futures().request(request(worker("web-0"), "hello"));
        assertThat(asked.poll(10, TimeUnit.SECONDS)).isNotNull();

        // when
        dying.close();

        // then
        var failure = failureOf(call);
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(info(failure).getReason()).isEqualTo("PEER_GONE");
        assertThat(info(failure).getMetadataMap()).containsEntry("maybe_delivered", "true");
    }

    /// What a worker is asked and does not answer.
    private BlockingQueue<IncomingRequest> asking(String name) {
        return asking(master.worker(name));
    }

    private static BlockingQueue<IncomingRequest> asking(SessionClient worker) {
        BlockingQueue<IncomingRequest> asked = new LinkedBlockingQueue<>();
        worker.messenger().onRequest(asked::add);
        return asked;
    }

    private static void assertTold(BlockingQueue<IncomingRequest> asked) throws InterruptedException {
        var told = new CountDownLatch(1);
        Objects.requireNonNull(asked.poll(10, TimeUnit.SECONDS)).onCancel(told::countDown);
        assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void thousandCallsAtOnceAreAllDelivered() throws Exception {
        // given
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        master.worker("web-0")
                .messenger()
                .onMessage(message -> heard.add(message.payload().text()));

        // when
        var calls = new ArrayList<Future<SendResponse>>();
        for (int i = 0; i < 1000; i++) {
            calls.add(master.futures().send(message(worker("web-0"), "message " + i)));
        }

        // then
        for (var call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS).getDelivered()).isEqualTo(1);
        }
        assertThat(heard)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 1000).mapToObj(i -> "message " + i).toList());
        awaitNothingInHand(0);
    }

    @Test
    void callsThatWaitHoldNoMoreThanTheirShare() throws Exception {
        // given calls without end to a worker that takes nothing
        master.silentWorker("web-0");
        var large = SendRequest.newBuilder()
                .setTo(worker("web-0"))
                .setPayload(Payload.newBuilder().setData(ByteString.copyFrom(new byte[MAX_PAYLOAD])))
                .build();
        long most = LIMITS.maxTotalBytes() / 2 / MAX_PAYLOAD;
        var calls = new ArrayList<Future<SendResponse>>();
        for (int i = 0; i < most; i++) {
            calls.add(master.futures().send(large));
        }
        until(() -> master.service().inHand().calls() == most);

        // when
        var failure = refused(() -> master.calls().send(large));

        // then
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(info(failure).getReason()).isEqualTo("TOO_MUCH_IN_HAND");
        calls.forEach(call -> call.cancel(true));
        awaitNothingInHand(0);
    }

    private static SendRequest message(Address to, String text) {
        return SendRequest.newBuilder()
                .setTo(to)
                .setPayload(Payload.newBuilder().setContentType("text/plain").setData(ByteString.copyFromUtf8(text)))
                .build();
    }

    private static RequestRequest request(Address to, String text) {
        return RequestRequest.newBuilder()
                .setTo(to)
                .setPayload(Payload.newBuilder().setData(ByteString.copyFromUtf8(text)))
                .build();
    }

    private static Address worker(String name) {
        return Address.newBuilder().setWorker(name).build();
    }

    private static StatusRuntimeException refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        var failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure).as("the call succeeded").isNotNull();
        return failure;
    }

    private static StatusRuntimeException failureOf(Future<RequestResponse> call) throws InterruptedException {
        var failure = catchThrowableOfType(
                java.util.concurrent.ExecutionException.class, () -> call.get(10, TimeUnit.SECONDS));
        return (StatusRuntimeException) Objects.requireNonNull(failure.getCause());
    }

    private static ErrorInfo info(StatusRuntimeException failure) throws InvalidProtocolBufferException {
        return Objects.requireNonNull(StatusProto.fromThrowable(failure))
                .getDetails(0)
                .unpack(ErrorInfo.class);
    }
}
