package dev.drover.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import dev.drover.cli.fixtures.Cli;
import dev.drover.cli.fixtures.Cli.Ran;
import dev.drover.cli.fixtures.FakeMessages;
import dev.drover.protocol.control.v1.RequestResponse;
import dev.drover.protocol.control.v1.SendRequest;
import dev.drover.protocol.control.v1.SendResponse;
import dev.drover.protocol.control.v1.SubscribeResponse;
import dev.drover.protocol.control.v1.Subscribed;
import dev.drover.protocol.worker.v1.Address;
import dev.drover.protocol.worker.v1.Envelope;
import dev.drover.protocol.worker.v1.IdRange;
import dev.drover.protocol.worker.v1.Payload;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `send` and `subscribe`, against a master that only speaks.
class MessageVerbsTest extends VerbTest {

    @Test
    void textIsSentToAWorker() {
        // when
        Ran ran = cli.run("send", "web-0", "--data", "hello");

        // then
        assertThat(ran).isEqualTo(ok("message delivered to web-0\n"));
        SendRequest sent = master.messages.sent.getFirst();
        assertThat(sent.getTo())
                .isEqualTo(Address.newBuilder().setWorker("web-0").build());
        assertThat(sent.getPayload()).isEqualTo(payload("text/plain; charset=utf-8", "hello"));
        assertThat(sent.getSender()).isEmpty();
        assertThat(sent.getTimeout().getSeconds()).isEqualTo(30);
    }

    @Test
    void jsonIsSentToAProgramByAName() {
        // when
        Ran ran = cli.run("send", "program/deployer", "--json", "{\"a\": 1}", "--sender", "me", "--timeout", "2s");

        // then
        assertThat(ran).isEqualTo(ok("message delivered to program/deployer\n"));
        SendRequest sent = master.messages.sent.getFirst();
        assertThat(sent.getTo().getProgram()).isEqualTo("deployer");
        assertThat(sent.getPayload()).isEqualTo(payload("application/json", "{\"a\": 1}"));
        assertThat(sent.getSender()).isEqualTo("me");
        assertThat(sent.getTimeout().getSeconds()).isEqualTo(2);
    }

    @Test
    void fileAndStandardInputAreSentAsTheyAre() throws IOException {
        // given
        Path file = Files.write(directory.resolve("rows.csv"), new byte[] {0, (byte) 0xff});

        // when
        Ran ofFile = cli.run("send", "web-0", "--file", file.toString());
        Ran ofInput = cli.input("a,b").run("send", "web-0", "-f", "-", "--content-type", "text/csv");

        // then
        assertThat(ofFile.code()).isEqualTo(ExitCode.OK);
        assertThat(ofInput.code()).isEqualTo(ExitCode.OK);
        assertThat(master.messages.sent)
                .extracting(SendRequest::getPayload)
                .containsExactly(
                        Payload.newBuilder()
                                .setContentType("application/octet-stream")
                                .setData(ByteString.copyFrom(new byte[] {0, (byte) 0xff}))
                                .build(),
                        payload("text/csv", "a,b"));
    }

    @Test
    void poolTellsHowManyHaveIt() {
        // given
        master.messages.delivery = SendResponse.newBuilder().setDelivered(3).build();
        Ran all = cli.run("send", "pool/web", "--data", "hello");
        master.messages.delivery =
                SendResponse.newBuilder().setDelivered(2).setFailed(1).build();

        // when
        Ran some = cli.run("send", "pool/web", "--data", "hello");

        // then
        assertThat(all).isEqualTo(ok("message delivered to 3 of 3 workers of pool/web\n"));
        assertThat(some)
                .isEqualTo(new Ran(
                        ExitCode.FAILED,
                        "message delivered to 2 of 3 workers of pool/web\n",
                        "drover: cannot send to all of pool/web: 1 did not get it, or may not have; send to them by name,"
                                + " see 'drover get workers'\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NOT_FOUND           | NO_RECEIVER       | 3 | ; HEARTBEAT in",
                "FAILED_PRECONDITION | NO_HANDLER        | 1 | ; it was not delivered: its program",
                "RESOURCE_EXHAUSTED  | QUEUE_FULL        | 1 | ; it was not delivered: send again later",
                "RESOURCE_EXHAUSTED  | TOO_MUCH_IN_HAND  | 1 | ; it was not delivered",
                "INVALID_ARGUMENT    | TOO_LARGE         | 1 | ; 'drover run --max-message-bytes'",
                "UNKNOWN             | PEER_GONE         | 1 | ; it may have been delivered: look",
                "DEADLINE_EXCEEDED   | DEADLINE_EXCEEDED | 1 | ; it may have been delivered: look",
                "ABORTED             | HANDLER_FAILED    | 1 | ''",
                "INVALID_ARGUMENT    | SOMETHING_NEW     | 1 | ''"
            })
    void failureIsToldWithTheNextStep(Code code, String reason, int exit, String step) {
        // given
        master.messages.failure = Optional.of(FakeMessages.failure(code, reason, "so it is"));

        // when
        Ran ran = cli.run("send", "web-0", "--data", "hello");

        // then
        assertThat(ran.code()).isEqualTo(exit);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("drover: cannot send to web-0: so it is" + step);
        assertThat(ran.err().lines()).hasSize(1);
    }

    @Test
    void masterThatDoesNotAnswerAtAllIsUnreachable() {
        // given
        master.messages.failure = Optional.of(Status.DEADLINE_EXCEEDED.asRuntimeException());

        // when
        Ran ran = cli.run("send", "web-0", "--data", "hello");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.UNREACHABLE);
    }

    @Test
    void replyIsPrintedAsItIs() {
        // given
        master.messages.reply = reply(ByteString.copyFromUtf8("{\"b\": 2}"));

        // when
        Ran piped = cli.run("send", "web-0", "--json", "{}", "--request", "--timeout", "3s");
        Ran shown = cli.interactive().run("send", "web-0", "--json", "{}", "-r");

        // then
        assertThat(piped).isEqualTo(ok("{\"b\": 2}"));
        assertThat(shown).isEqualTo(ok("{\"b\": 2}\n"));
        assertThat(master.messages.asked.getFirst().getTimeout().getSeconds()).isEqualTo(3);
        assertThat(master.messages.asked.getLast().getTimeout().getSeconds()).isEqualTo(30);
        assertThat(master.messages.sent).isEmpty();
    }

    @Test
    void replyThatIsNoTextDoesNotSpoilTheTerminal() throws IOException {
        // given
        byte[] bytes = {0, (byte) 0xff, 7};
        master.messages.reply = reply(ByteString.copyFrom(bytes));
        Path file = directory.resolve("reply");

        // when
        Ran shown = cli.interactive().run("send", "web-0", "--data", "?", "-r");
        Ran written = cli.run("send", "web-0", "--data", "?", "-r", "--output", file.toString());

        // then
        assertThat(shown.code()).isEqualTo(ExitCode.FAILED);
        assertThat(shown.out()).isEmpty();
        assertThat(shown.err()).contains("3 bytes of application/x-test would spoil the terminal");
        assertThat(written).isEqualTo(ok(""));
        assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
    }

    @Test
    void failedRequestSaysWhatTheHandlerSaid() {
        // given
        master.messages.failure =
                Optional.of(FakeMessages.failure(Code.ABORTED, "HANDLER_FAILED", "no such\norder\u001b[31m"));

        // when
        Ran ran = cli.run("send", "web-0", "--data", "?", "-r");

        // then
        assertThat(ran).isEqualTo(new Ran(ExitCode.FAILED, "", "drover: cannot ask web-0: no such order [31m\n"));
    }

    @Test
    void subscriberShowsALineForEachMessageAndSignsForIt() {
        // given
        master.messages.told = List.of(
                SubscribeResponse.newBuilder()
                        .setSubscribed(Subscribed.getDefaultInstance())
                        .addEnvelopes(message(1, "web-0", payload("application/json", "{\"order\":\n7}")))
                        .build(),
                SubscribeResponse.newBuilder()
                        .addEnvelopes(message(2, "web-1", payload("", "plain\u001b[31m")))
                        .addEnvelopes(message(
                                5,
                                "web-0",
                                Payload.newBuilder()
                                        .setData(ByteString.copyFrom(new byte[] {(byte) 0xff}))
                                        .build()))
                        .build());

        // when
        Ran ran = cli.run("subscribe", "--name", "deployer");

        // then
        assertThat(ran).isEqualTo(new Ran(ExitCode.OK, """
                web-0  application/json  {"order": 7}
                web-1  application/octet-stream  plain [31m
                web-0  application/octet-stream  (1 bytes)
                """, "Subscribed; Ctrl-C ends it.\n"));
        assertThat(master.messages.signed()).containsExactly(range(1, 1), range(2, 5));
        var subscription = master.messages.subscribers.getFirst().getSubscription();
        assertThat(subscription.getName()).isEqualTo("deployer");
        assertThat(subscription.hasEveryone()).isTrue();
        assertThat(subscription.getAnswersRequests()).isFalse();
    }

    @Test
    void subscriberWritesObjectsForScripts() {
        // given
        master.messages.told = List.of(SubscribeResponse.newBuilder()
                .addEnvelopes(message(1, "web-0", payload("text/plain", "a \"b\"\n")))
                .addEnvelopes(message(
                        2,
                        "web-1",
                        Payload.newBuilder()
                                .setData(ByteString.copyFrom(new byte[] {(byte) 0xff}))
                                .build()))
                .build());

        // when
        Ran ran = cli.run("subscribe", "-o", "json");

        // then
        assertThat(ran.out()).isEqualTo("""
                {"from":"web-0","contentType":"text/plain","text":"a \\"b\\"\\n"}
                {"from":"web-1","contentType":"application/octet-stream","base64":"/w=="}
                """);
    }

    @Test
    void subscriberWantsOnlyTheSendersThatAreNamed() {
        // when
        Ran ran = cli.run("subscribe", "-p", "web", "--pool", "jobs", "--worker", "api-0");

        // then
        assertThat(ran.code()).isEqualTo(ExitCode.OK);
        var subscription = master.messages.subscribers.getFirst().getSubscription();
        assertThat(subscription.getSenders().getSendersList())
                .containsExactly(
                        Address.newBuilder().setPool("web").build(),
                        Address.newBuilder().setPool("jobs").build(),
                        Address.newBuilder().setWorker("api-0").build());
        assertThat(subscription.getName()).startsWith("drover-subscribe-");
    }

    @Test
    void nameThatIsTakenIsTold() {
        // given
        master.messages.failure = Optional.of(FakeMessages.failure(
                Code.ALREADY_EXISTS, "PROGRAM_EXISTS", "a program x has subscribed already: take another name"));

        // when
        Ran ran = cli.run("subscribe", "--name", "x");

        // then
        assertThat(ran)
                .isEqualTo(new Ran(
                        ExitCode.FAILED,
                        "",
                        "drover: cannot subscribe: a program x has subscribed already: take another name\n"));
    }

    @Test
    void messagesNeedTheTokenOnTcp() throws IOException {
        // given
        Cli tcp = cli.with("DROVER_ADDRESS", master.tcpAddress());

        // when
        Ran allowed = tcp.run("send", "web-0", "--data", "hello");
        Ran subscribed = tcp.run("subscribe");
        Files.delete(directory.resolve("control/token"));
        Ran refused = tcp.run("send", "web-0", "--data", "hello");
        Ran refusedToo = tcp.run("subscribe");

        // then
        assertThat(allowed.code()).isEqualTo(ExitCode.OK);
        assertThat(subscribed.code()).isEqualTo(ExitCode.OK);
        assertThat(refused.code()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.err()).startsWith("drover: cannot send to web-0: this address may only read");
        assertThat(refusedToo.err()).startsWith("drover: cannot subscribe: this address may only read");
    }

    private static RequestResponse reply(ByteString bytes) {
        return RequestResponse.newBuilder()
                .setReply(Payload.newBuilder()
                        .setContentType("application/x-test")
                        .setData(bytes))
                .build();
    }

    private static Payload payload(String type, String text) {
        return Payload.newBuilder()
                .setContentType(type)
                .setData(ByteString.copyFromUtf8(text))
                .build();
    }

    private static Envelope message(long number, String worker, Payload payload) {
        return Envelope.newBuilder()
                .setId(number)
                .setAddress(Address.newBuilder().setWorker(worker))
                .setMessage(payload)
                .build();
    }

    private static IdRange range(long first, long last) {
        return IdRange.newBuilder().setFirst(first).setLast(last).build();
    }
}
