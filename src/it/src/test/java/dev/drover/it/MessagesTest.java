package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.command;
import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import dev.drover.it.fixtures.Program;
import dev.drover.protocol.control.v1.MessageServiceGrpc;
import dev.drover.protocol.control.v1.RequestRequest;
import dev.drover.protocol.control.v1.RequestResponse;
import dev.drover.protocol.control.v1.SendRequest;
import dev.drover.protocol.control.v1.SendResponse;
import dev.drover.protocol.control.v1.SubscribeRequest;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.Payload;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Programs outside talk with workers by way of a real master.
@Tag("slow")
class MessagesTest {
    private static final int MANY = 1000;

    /// What the master may grow by while it holds all it may hold: queues, calls, and what the transport buffers.
    private static final long MOST_GROWTH_KIB = 96 << 10;

    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private DroverProcess talking(int workers, String... flags) {
        var arguments = new ArrayList<>(
                List.of("-f", Pools.talking(workers).write(directory).toString()));
        arguments.addAll(List.of(flags));
        var drover = drovers.run(arguments.toArray(String[]::new));
        drover.awaitLog("started in");
        try (var control = Control.of(drover)) {
            drover.until(
                    "sessions of " + workers + " ready workers",
                    () -> control.workers().stream()
                                    .filter(worker ->
                                            worker.getState() == WorkerState.WORKER_STATE_READY && worker.hasSession())
                                    .count()
                            == workers);
        }
        return drover;
    }

    @Test
    void messagesGoBothWays() throws Exception {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var program = Program.subscribe(control, "deployer");

            // when
            var printed = control.messages()
                    .send(send(worker("web-0"), "print hello").toBuilder()
                            .setSender("deployer")
                            .build());
            var told = control.messages().send(send(worker("web-0"), "tell parent I am here"));
            var given = program.next();
            program.sign(given);

            // then
            assertThat(printed.getDelivered()).isEqualTo(1);
            assertThat(told.getDelivered()).isEqualTo(1);
            assertThat(given.getAddress().getWorker()).isEqualTo("web-0");
            assertThat(given.getMessage().getData().toStringUtf8()).isEqualTo("I am here");
            drover.awaitLog("heard hello from program/deployer");
            drover.awaitLog("told parent I am here: delivered 1");
        }
    }

    @Test
    void requestsAreAnsweredFailTimeOutAndAreWithdrawn() throws Exception {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            // when
            var answered = control.messages().request(request(worker("web-0"), "echo 42"));
            var failed = refused(() -> control.messages().request(request(worker("web-0"), "fail broken")));
            var late = refused(() -> control.messages()
                    .request(request(worker("web-0"), "hold").toBuilder()
                            .setTimeout(Duration.newBuilder().setNanos(300_000_000))
                            .build()));
            drover.awaitLog("withdrawn");
            var withdrawn =
                    MessageServiceGrpc.newFutureStub(control.channel()).request(request(worker("web-0"), "hold"));
            drover.until("a second request in hand", () -> count(drover, "holding") == 2);
            withdrawn.cancel(true);

            // then
            assertThat(answered.getReply().getData().toStringUtf8()).isEqualTo("42 by web-0");
            assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.ABORTED);
            assertThat(failed.getStatus().getDescription()).contains("IllegalArgumentException: broken");
            assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            drover.until("the second to be withdrawn", () -> count(drover, "withdrawn") == 2);
        }
    }

    @Test
    void callersDeadlineIsToldAndWithdrawsTheRequest() {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            // when
            var left = control.messages()
                    .withDeadlineAfter(15, TimeUnit.SECONDS)
                    .request(request(worker("web-0"), "left"))
                    .getReply()
                    .getData()
                    .toStringUtf8();
            var late = refused(() -> control.messages()
                    .withDeadlineAfter(500, TimeUnit.MILLISECONDS)
                    .request(request(worker("web-0"), "hold")));

            // then
            assertThat(Integer.parseInt(left)).isBetween(1, 15);
            assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            drover.awaitLog("withdrawn");
        }
    }

    @Test
    void workerThatIsKilledLeavesItsRequestUnknown() {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var asked = MessageServiceGrpc.newFutureStub(control.channel()).request(request(worker("web-0"), "hold"));
            drover.awaitLog("holding");

            // when
            Procs.signal(drover.workers().getFirst().pid(), "KILL");

            // then
            assertThat(failureOf(asked).getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        }
    }

    @Test
    void messageToAPoolReachesEveryWorker() {
        // given
        var drover = talking(3);
        try (var control = Control.of(drover)) {
            // when
            var sent = control.messages()
                    .send(send(Address.newBuilder().setPool("web").build(), "print all"));

            // then
            assertThat(sent).isEqualTo(SendResponse.newBuilder().setDelivered(3).build());
            drover.until("three lines", () -> count(drover, "heard all from program/anonymous") == 3);
        }
    }

    @Test
    void programAnswersWorkersUntilItLeaves() throws Exception {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var program = Program.subscribe(control, "oracle");
            var asked = MessageServiceGrpc.newFutureStub(control.channel())
                    .request(request(worker("web-0"), "ask program/oracle why"));
            var question = program.next();

            // when
            program.reply(question, payload("because"));
            var answer = asked.get(30, TimeUnit.SECONDS);
            var left = MessageServiceGrpc.newFutureStub(control.channel())
                    .request(request(worker("web-0"), "ask parent again"));
            program.next();
            program.leave();

            // then
            assertThat(question.getRequest().getPayload().getData().toStringUtf8())
                    .isEqualTo("why");
            assertThat(answer.getReply().getData().toStringUtf8()).isEqualTo("because");
            assertThat(failureOf(left).getStatus().getDescription()).isEqualTo("PEER_GONE");
            assertThat(program.ended().isOk()).isTrue();
            assertThat(refused(() -> control.messages().request(request(worker("web-0"), "ask program/oracle why")))
                            .getStatus()
                            .getDescription())
                    .isEqualTo("NO_RECEIVER");
        }
    }

    @Test
    void programThatReadsNothingHoldsUpNobodyAndTheMasterStaysSmall() {
        // given
        var drover = talking(2);
        try (var deaf = Control.of(drover);
                var control = Control.of(drover)) {
            Program.subscribeOnly(deaf, "deaf");
            control.messages().request(request(worker("web-0"), "echo warm"));
            long before = residentKib(drover.pid());

            // when a worker says to the parent as much as it can, and more
            control.messages().send(send(worker("web-0"), "flood 200 1000000"));
            control.messages().send(send(worker("web-0"), "print behind"));
            drover.awaitLog("flooded");

            // then
            for (int i = 0; i < 20; i++) {
                assertThat(control.messages()
                                .request(request(worker("web-1"), "echo " + i))
                                .getReply()
                                .getData()
                                .toStringUtf8())
                        .isEqualTo(i + " by web-1");
            }
            assertThat(control.workers()).hasSize(2);
            assertThat(residentKib(drover.pid()) - before).isLessThan(MOST_GROWTH_KIB);
        }
        drover.awaitLog("heard behind from program/anonymous");
    }

    @Test
    void thousandCallsAtOnceAreAllDelivered() throws Exception {
        // given
        var drover = talking(2);
        try (var control = Control.of(drover)) {
            var calls = new ArrayList<Future<SendResponse>>();
            var stub = MessageServiceGrpc.newFutureStub(control.channel());

            // when
            for (int i = 0; i < MANY; i++) {
                calls.add(stub.send(send(worker("web-" + i % 2), "print number" + i)));
            }

            // then
            for (var call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS).getDelivered()).isEqualTo(1);
            }
            drover.until(MANY + " lines", () -> count(drover, "heard number") == MANY);
        }
    }

    @Test
    void overTcpNothingIsSaidWithoutTheToken() throws Exception {
        // given
        int port = Pools.freePort();
        var drover = talking(1, "--control-address", "127.0.0.1:" + port);
        var token =
                Files.readString(drover.runDirectory().resolve("control/token")).strip();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        try (var without = Control.of(address, "");
                var wrong = Control.of(address, token.replace(token.charAt(0), 'x'));
                var with = Control.of(address, token)) {
            // when
            var delivered = with.messages().send(send(worker("web-0"), "print hello"));

            // then
            assertThat(delivered.getDelivered()).isEqualTo(1);
            for (var stranger : List.of(without, wrong)) {
                assertDenied(() -> stranger.messages().send(send(worker("web-0"), "print bad")));
                assertDenied(() -> stranger.messages().request(request(worker("web-0"), "echo bad")));
                assertThat(catchThrowableOfType(
                                        java.util.concurrent.CompletionException.class,
                                        () -> Program.subscribe(stranger, "bad"))
                                .getCause())
                        .isInstanceOfSatisfying(
                                StatusRuntimeException.class,
                                denied -> assertThat(denied.getStatus().getCode())
                                        .isEqualTo(Status.Code.PERMISSION_DENIED));
            }
            Program.subscribe(with, "good").leave();
        }
        assertThat(drover.stdout()).doesNotContain("heard bad");
    }

    private static void assertDenied(ThrowingCallable call) {
        assertThat(refused(call).getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
    }

    @Test
    void garbageDisturbsNobody() throws Exception {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var random = new Random(7);

            // when
            var calls = new ArrayList<Future<byte[]>>();
            for (var method : List.of(
                    MessageServiceGrpc.getSendMethod(),
                    MessageServiceGrpc.getRequestMethod(),
                    MessageServiceGrpc.getSubscribeMethod())) {
                for (int i = 0; i < 8; i++) {
                    var garbage = new byte[1 + random.nextInt(200)];
                    random.nextBytes(garbage);
                    calls.add(call(control, method.getFullMethodName(), garbage));
                }
            }

            // then
            for (var each : calls) {
                assertThat(refused(() -> join(each)).getStatus().getCode()).isNotEqualTo(Status.Code.OK);
            }
            var program = Program.subscribe(control, "sinner");
            program.say(SubscribeRequest.newBuilder()
                    .addEnvelopes(Envelope.newBuilder().setId(1))
                    .build());
            assertThat(program.ended().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(control.messages()
                            .request(request(worker("web-0"), "echo alive"))
                            .getReply()
                            .getData()
                            .toStringUtf8())
                    .isEqualTo("alive by web-0");
        }
    }

    private static void join(Future<byte[]> call) {
        try {
            call.get();
        } catch (ExecutionException failure) {
            throw Status.fromThrowable(failure).asRuntimeException();
        } catch (InterruptedException failure) {
            throw new AssertionError(failure);
        }
    }

    /// The server does not answer a call that it cannot read: the deadline ends it.
    private static Future<byte[]> call(Control control, String method, byte[] bytes) {
        var raw = MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .setRequestMarshaller(Raw.ONLY)
                .setResponseMarshaller(Raw.ONLY)
                .build();
        var call = control.channel().newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS));
        return ClientCalls.futureUnaryCall(call, bytes);
    }

    @Test
    void compressedCallsAreNotUnderstood() {
        // given what is small and becomes large
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            // when
            var bomb = refused(() -> control.messages().withCompression("gzip").send(bytes(64 << 20)));

            // then
            assertThat(bomb.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
            assertThat(echo(control, "alive")).isEqualTo("alive by web-0");
        }
    }

    @Test
    void hundredsOfLargeCallsAtOnceStayWithinTheMastersMemory() {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover);
                var other = Control.of(drover)) {
            var large = bytes(1 << 20);
            long before = residentKib(drover.pid());

            // when
            var calls = new ArrayList<Future<SendResponse>>();
            for (int i = 0; i < 150; i++) {
                calls.add(MessageServiceGrpc.newFutureStub((i % 2 == 0 ? control : other).channel())
                        .send(large));
            }

            // then each is delivered, or was not and can be sent again
            int delivered = 0;
            for (var call : calls) {
                var code = statusOf(call);
                assertThat(code).isIn(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
                delivered += code == Status.Code.OK ? 1 : 0;
            }
            assertThat(delivered).isGreaterThan(10);
            assertThat(residentKib(drover.pid()) - before).isLessThan(MOST_GROWTH_KIB);
            assertThat(echo(control, "alive")).isEqualTo("alive by web-0");
        }
    }

    @Test
    void cancelledCallsDoNotCostTheConnection() {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var program = Program.subscribe(control, "deployer");

            // when more are cancelled than a web server would bear
            for (int i = 0; i < 500; i++) {
                var late = refused(() -> control.messages()
                        .withDeadlineAfter(2, TimeUnit.MILLISECONDS)
                        .request(request(worker("web-0"), "never")));
                assertThat(late.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            }

            // then
            assertThat(echo(control, "alive")).isEqualTo("alive by web-0");
            program.leave();
            assertThat(program.ended().isOk()).isTrue();
        }
    }

    private static String echo(Control control, String what) {
        return control.messages()
                .request(request(worker("web-0"), "echo " + what))
                .getReply()
                .getData()
                .toStringUtf8();
    }

    private static Status.Code statusOf(Future<?> call) {
        try {
            var _ = call.get(60, TimeUnit.SECONDS);
            return Status.Code.OK;
        } catch (ExecutionException failed) {
            return Status.fromThrowable(failed).getCode();
        } catch (InterruptedException | TimeoutException failure) {
            throw new AssertionError("a call had no outcome", failure);
        }
    }

    private enum Raw implements MethodDescriptor.Marshaller<byte[]> {
        ONLY;

        @Override
        public InputStream stream(byte[] bytes) {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Test
    void payloadsAreAsLargeAsTheFlagSays() {
        // given
        var drover = talking(1, "--max-message-bytes", "64KiB");
        try (var control = Control.of(drover)) {
            // when
            var largest = control.messages().send(bytes(64 << 10));
            var larger = refused(() -> control.messages().send(bytes((64 << 10) + 1)));
            var far = refused(() -> control.messages().send(bytes(4 << 20)));

            // then
            assertThat(largest.getDelivered()).isEqualTo(1);
            assertThat(larger.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(larger.getStatus().getDescription()).contains("at most 65536");
            assertThat(far.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(control.messages().send(bytes(7)).getDelivered()).isEqualTo(1);
        }
    }

    /// A message of that size, which is a word and spaces.
    private static SendRequest bytes(int size) {
        return send(worker("web-0"), "print x" + " ".repeat(size - "print x".length()));
    }

    @Test
    void boundsThatTheHeapCannotHoldAreRefused() {
        // given
        var pool = Pools.talking(1).write(directory).toString();

        // when
        var drover = drovers.run("-f", pool, "--max-queued-bytes", "64MiB");

        // then
        assertThat(drover.awaitExit()).isEqualTo(2);
        assertThat(drover.stderr())
                .contains("--max-queued-bytes: 64MiB is more than a third of the heap", "DROVER_HEAP");
    }

    @Test
    void subscriberDoesNotHoldUpTheStopAndLearnsOfIt() {
        // given
        var drover = talking(1);
        try (var control = Control.of(drover)) {
            var program = Program.subscribe(control, "deployer");

            // when
            int code = drover.stop();

            // then
            assertThat(code).isZero();
            assertThat(program.ended().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }

    @Test
    void theCommandSendsAsksAndSubscribes() throws Exception {
        // given
        var drover = talking(2);
        var shown = directory.resolve("shown");
        var subscriber = command(drover, "subscribe", "--pool", "web")
                .redirectOutput(shown.toFile())
                .start();
        try {
            drover.awaitLog("Program subscribed");

            // when
            var sent = drover(drover, "send", "pool/web", "--data", "print hello");
            var asked = drover(drover, "send", "web-1", "--data", "echo 42", "--request");
            var told = drover(drover, "send", "web-0", "--data", "tell parent I am here");
            var nobody = drover(drover, "send", "web-9", "--data", "print hello");
            var failed = drover(drover, "send", "web-0", "--data", "fail broken", "--request");
            var wide = drover(drover, "get", "workers", "-o", "wide");

            // then
            assertThat(sent.out()).isEqualTo("message delivered to 2 of 2 workers of pool/web\n");
            assertThat(asked.out()).isEqualTo("42 by web-1");
            assertThat(told.code()).isZero();
            assertThat(nobody.code()).isEqualTo(3);
            assertThat(nobody.out())
                    .startsWith("drover: cannot send to web-9: no worker web-9 has a session; HEARTBEAT in");
            assertThat(failed.code()).isEqualTo(1);
            assertThat(wide.out()).contains("HEARTBEAT", "CONNECTIONS", "IN-FLIGHT");
            drover.until(
                    "the message to be shown",
                    () -> Files.readString(shown).equals("web-0  text/plain; charset=utf-8  I am here\n"));
            drover.awaitLog("told parent I am here: delivered 1");
        } finally {
            subscriber.destroy();
            subscriber.waitFor();
        }
        drover.awaitLog("Program left");
    }

    private static long count(DroverProcess drover, String text) {
        return drover.stdout().lines().filter(line -> line.contains(text)).count();
    }

    private static long residentKib(long pid) {
        try (var lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static SendRequest send(Address to, String text) {
        return SendRequest.newBuilder().setTo(to).setPayload(payload(text)).build();
    }

    private static RequestRequest request(Address to, String text) {
        return RequestRequest.newBuilder().setTo(to).setPayload(payload(text)).build();
    }

    private static Payload payload(String text) {
        return Payload.newBuilder()
                .setContentType("text/plain")
                .setData(ByteString.copyFromUtf8(text))
                .build();
    }

    private static Address worker(String name) {
        return Address.newBuilder().setWorker(name).build();
    }

    private static StatusRuntimeException refused(ThrowingCallable call) {
        var failure = catchThrowableOfType(StatusRuntimeException.class, call);
        assertThat(failure).as("the call succeeded").isNotNull();
        return failure;
    }

    private static StatusRuntimeException failureOf(Future<RequestResponse> call) {
        var failure = catchThrowableOfType(ExecutionException.class, () -> call.get(60, TimeUnit.SECONDS));
        assertThat(failure).as("the call succeeded").isNotNull();
        return (StatusRuntimeException) failure.getCause();
    }
}
