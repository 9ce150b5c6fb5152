package dev.drover.supervisor.health;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is made of answers, whole and cut anywhere.
class DialogueTest {
    private static final ProbeAction.HttpGet GET = new ProbeAction.HttpGet("http", "/", List.of());
    private static final ProbeResult PASSED = new ProbeResult.Passed();
    private static final String SETTINGS = "000000040000000000";
    private static final String HEADERS = "000001010400000001" + "88";

    private static ProbeResult.Failed failed(String why) {
        return new ProbeResult.Failed(why);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @CsvSource({
        "200, true",
        "204, true",
        "301, true",
        "399, true",
        "400, false",
        "404, false",
        "500, false",
        "101, false"
    })
    void theStatusDecides(int status, boolean passes) {
        // when
        var result =
                new HttpDialogue(GET, 80).received(bytes("HTTP/1.1 " + status + " Some\r\nContent-Length: 0\r\n\r\n"));

        // then
        assertThat(result).contains(passes ? PASSED : failed("HTTP " + status));
    }

    @Test
    void aBodyIsReadToItsEnd() {
        // given
        var dialogue = new HttpDialogue(GET, 80);

        // when
        var early = dialogue.received(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"));

        // then
        assertThat(early).isEmpty();
        assertThat(dialogue.received(bytes("de"))).contains(PASSED);
    }

    @Test
    void anAnswerInPiecesIsPutTogether() {
        // given
        var dialogue = new HttpDialogue(GET, 80);
        var answer = "HTTP/1.0 503 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";

        // when
        var result = Optional.<ProbeResult>empty();
        for (int i = 0; i < answer.length(); i++) {
            assertThat(result).isEmpty();
            result = dialogue.received(bytes(answer.substring(i, i + 1)));
        }

        // then
        assertThat(result).contains(failed("HTTP 503"));
    }

    @Test
    void anAnswerWithoutALengthEndsWithTheConnection() {
        // given
        var dialogue = new HttpDialogue(GET, 80);

        // when
        var early = dialogue.received(bytes("HTTP/1.0 200 OK\r\n\r\nabc"));

        // then
        assertThat(early).isEmpty();
        assertThat(dialogue.ended()).isEqualTo(PASSED);
    }

    @Test
    void anEndlessBodyIsReadToABoundAndAnEndlessHeadFails() {
        // given
        var more = "x".repeat(Dialogue.MAX_ANSWER_BYTES);

        // when
        var body = new HttpDialogue(GET, 80).received(bytes("HTTP/1.1 200 OK\r\n\r\n" + more));
        var head = new HttpDialogue(GET, 80).received(bytes(more));

        // then
        assertThat(body).contains(PASSED);
        assertThat(head).contains(failed("the head of the answer is longer than 65536"));
    }

    @Test
    void whatIsNoAnswerFails() {
        // given
        var cut = new HttpDialogue(GET, 80);

        // when
        var garbage = new HttpDialogue(GET, 80).received(bytes("hello\r\nContent-Length: 0\r\n\r\n"));

        // then
        assertThat(garbage).contains(failed("the answer is no HTTP/1.1"));
        assertThat(cut.ended()).isEqualTo(failed("the connection was closed without an answer"));
        assertThat(cut.received(bytes("HTTP/1.1 200 OK\r\n"))).isEmpty();
        assertThat(cut.ended()).isEqualTo(failed("the answer was cut off"));
    }

    @Test
    void headersThatAreGivenReplaceOurs() {
        // given
        var action = new ProbeAction.HttpGet(
                "http", "/a?b", List.of(new ProbeAction.Header("Host", "shop"), new ProbeAction.Header("X-A", "1")));

        // when
        var question = new String(new HttpDialogue(action, 80).question(), ISO_8859_1);

        // then
        assertThat(question).startsWith("GET /a?b HTTP/1.1\r\nhost: shop\r\n").endsWith("\r\nX-A: 1\r\n\r\n");
        assertThat(question).doesNotContain("localhost");
    }

    /// DATA of stream 1: no compression, length, and the field `status`.
    private static String data(String message, boolean last) {
        var length = HexFormat.of().toHexDigits((byte) (5 + message.length() / 2));
        return "0000" + length + "00" + (last ? "01" : "00") + "00000001" + "00000000"
                + HexFormat.of().toHexDigits((byte) (message.length() / 2)) + message;
    }

    private static Optional<ProbeResult> grpc(String hex) {
        var dialogue = new GrpcDialogue("", 80);
        var result = Optional.<ProbeResult>empty();
        for (byte each : HexFormat.of().parseHex(hex)) {
            if (result.isEmpty()) {
                result = dialogue.received(ByteBuffer.wrap(new byte[] {each}));
            }
        }
        return result;
    }

    @Test
    void theHealthServiceDecides() {
        assertThat(grpc(SETTINGS + HEADERS + data("0801", false))).contains(PASSED);
        assertThat(grpc(SETTINGS + HEADERS + data("0802", true))).contains(failed("NOT_SERVING"));
        assertThat(grpc(SETTINGS + HEADERS + data("", true))).contains(failed("UNKNOWN"));
        assertThat(grpc(SETTINGS + HEADERS + data("0803", true))).contains(failed("SERVICE_UNKNOWN"));
    }

    @Test
    void aCallThatFailsFails() {
        // given
        var trailersOnly = SETTINGS + "000001010500000001" + "88";
        var reset = SETTINGS + "000004030000000001" + "00000002";
        var http1 = HexFormat.of().formatHex("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(ISO_8859_1));

        // when / then
        assertThat(grpc(trailersOnly))
                .contains(failed("the health service gave no answer; is it there, and the service known?"));
        assertThat(grpc(reset)).contains(failed("the call was refused"));
        assertThat(grpc(http1)).contains(failed("the answer is no HTTP/2"));
        assertThat(grpc(SETTINGS + HEADERS)).isEmpty();
    }
}
