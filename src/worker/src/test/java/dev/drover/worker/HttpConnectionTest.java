package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(20)
class HttpConnectionTest {
    private static final Duration LINGER = Duration.ofSeconds(10);
    private static final long MAX_BODY = 1000;

    private final TestServer server = new TestServer(
            new HttpLimits(Duration.ofSeconds(5), LINGER, Duration.ofMillis(300), Duration.ofSeconds(75), MAX_BODY));

    @AfterEach
    void closeServer() {
        server.close();
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrderThoughTheFirstTakesLonger() throws InterruptedException {
        // given
        try (var client = server.client().get("/held").get("/2").get("/3")) {
            // when
            server.release();

            // then
            assertThat(client.answer().body()).isEqualTo("/held");
            assertThat(client.answer().body()).isEqualTo("/2");
            assertThat(client.answer().body()).isEqualTo("/3");
        }
    }

    @Test
    void thousandsOfPipelinedRequestsAreAnswered() {
        // given
        int count = 5000;
        try (var client = server.client()) {
            var sender = Thread.ofVirtual().start(() -> {
                for (int i = 0; i < count; i++) {
                    client.get("/" + i);
                }
            });

            // when
            for (int i = 0; i < count; i++) {
                // then
                assertThat(client.answer().body()).isEqualTo("/" + i);
            }
            assertThat(sender.isAlive()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1, keep-alive, false",
        "HTTP/1.1, close, true",
        "HTTP/1.0, close, true",
        "HTTP/1.0, x, true",
    })
    void theClientDecidesWhetherTheConnectionStays(String version, String wish, boolean closes) {
        // given
        try (var client = server.client()) {
            // when
            client.send("GET /a " + version + "\r\nConnection: " + wish + "\r\n\r\n");

            // then
            assertThat(client.answer().closes()).isEqualTo(closes);
        }
    }

    @Test
    void aClientThatSaidItWasItsLastRequestIsNotWaitedFor() {
        // given
        try (var client = server.client()) {
            // when
            client.send("GET /a HTTP/1.1\r\nConnection: close\r\n\r\n");
            client.answer();

            // then it leaves its side open, and nobody waits the time to linger for it
            assertTimeout(LINGER.dividedBy(3), server.drain::drain);
        }
    }

    @Test
    void whatAClientSendsBehindItsLastRequestDestroysNoAnswer() {
        // given
        try (var client = server.client()) {
            // when
            client.send("GET /big HTTP/1.1\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\n\r\n");

            // then
            assertThat(client.answer().body()).hasSize(TestServer.BIG);
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void anOldClientThatWantsToStayIsToldThatItMay() {
        // given
        try (var client = server.client()) {
            // when
            client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            // then
            assertThat(client.answer().headers()).containsEntry("connection", "keep-alive");
            assertThat(client.get("/b").answer().body()).isEqualTo("/b");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, GARBAGE",
        "400, GET / HTTP/1.1|Content-Length: x",
        "414, GET /LONG HTTP/1.1",
        "431, GET / HTTP/1.1|X: LONG",
        "417, GET / HTTP/1.1|Expect: the-impossible",
        "413, POST / HTTP/1.1|Content-Length: 1001|Expect: 100-continue",
    })
    void aRequestThatCannotBeServedIsToldSoAndTheConnectionEndsCleanly(int status, String head) {
        // given
        try (var client = server.client()) {
            // when
            client.send(head.replace("|", "\r\n").replace("LONG", "x".repeat(20_000)) + "\r\n\r\n");
            var answer = client.answer();

            // then
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.closes()).isTrue();
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void aBodyThatIsTooLongIsRefusedAndTheAnswerSurvivesWhatTheClientStillSends() {
        // given
        int length = 4 * 1024 * 1024;
        try (var client = server.client()) {
            // when
            client.send("POST / HTTP/1.1\r\nContent-Length: " + length + "\r\n\r\n");
            client.send("x".repeat(length));

            // then
            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void aChunkedBodyThatIsTooLongIsRefused() {
        // given
        try (var client = server.client()) {
            // when
            client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n" + "x".repeat(1001) + "\r\n");

            // then
            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToContinueAndThenAnswered() {
        // given
        try (var client = server.client()) {
            // when
            client.send("POST /a HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            var interim = client.answer();
            client.send("ab");
            var answer = client.answer();

            // then
            assertThat(interim.status()).isEqualTo(100);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.closes()).isFalse();
        }
    }

    @Test
    void aClientThatHasEndedItsSideIsAnswered() throws InterruptedException {
        // given
        try (var client = server.client().get("/held").get("/2").endOutput()) {
            // when
            server.release();

            // then
            assertThat(client.answer().body()).isEqualTo("/held");
            assertThat(client.answer().body()).isEqualTo("/2");
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void aHeadThatDoesNotArriveInTimeEndsTheConnection() {
        // given
        try (var client = server.client()) {
            // when
            client.send("GET / HTTP/1.1\r\nHost:");

            // then
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void aBodyThatDoesNotArriveInTimeEndsTheConnection() {
        // given
        try (var client = server.client()) {
            // when
            client.send("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab");

            // then
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    @Test
    void anAnswerThatTakesLongerThanARequestMayIsStillGiven() throws InterruptedException {
        // given
        try (var slow = server.client().get("/held");
                var dribbler = server.client()) {
            dribbler.send("G");
            server.awaitHeld();
            assertThat(dribbler.endsCleanly()).isTrue();

            // when
            server.release();

            // then
            assertThat(slow.answer().body()).isEqualTo("/held");
        }
    }

    @Test
    void aRequestBehindABigAnswerIsServedWhenThatHasBeenTaken() throws InterruptedException {
        // given
        try (var client = server.client().get("/big").get("/held")) {
            assertThat(client.answer().body()).hasSize(TestServer.BIG);

            // when
            server.release();

            // then
            assertThat(client.answer().body()).isEqualTo("/held");
        }
    }
}
