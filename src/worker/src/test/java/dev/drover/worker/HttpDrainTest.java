package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.worker.fixtures.RawClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class HttpDrainTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(300);

    private TestServer server = new TestServer(HttpLimits.defaults().withDrainTime(LONG));

    @AfterEach
    void closeServer() {
        server.close();
    }

    private void useDrainTime(Duration time) {
        server.close();
        server = new TestServer(HttpLimits.defaults().withDrainTime(time));
    }

    @Test
    void withoutConnectionsTheDrainEndsAtOnce() {
        // when
        server.drain.drain();

        // then
        assertThat(server.drain.connections()).isZero();
    }

    @Test
    void theAnswerInHandSaysCloseAndTheConnectionEndsCleanly() throws InterruptedException {
        // given
        try (var client = server.client().get("/held")) {
            server.awaitHeld();

            // when
            var drain = server.startDrain();
            server.release();
            var answer = client.answer();

            // then
            assertThat(answer.body()).isEqualTo("/held");
            assertThat(answer.closes()).isTrue();
            assertThat(client.endsCleanly()).isTrue();
            client.endOutput();
            drain.join();
        }
    }

    @Test
    void requestsReceivedBehindTheOneInHandAreAnsweredAndOnlyTheLastSaysClose() throws InterruptedException {
        // given
        try (var client = server.client()) {
            // At once: what the server has not read when it decides which answer is the last, it does not answer.
            client.send(request("/held") + request("/2") + request("/held3") + request("/4"));
            server.awaitHeld();

            // when
            var drain = server.startDrain();
            server.release();
            var first = client.answer();
            var second = client.answer();
            server.release();
            var third = client.answer();
            var fourth = client.answer();

            // then
            assertThat(new Object[] {first.body(), second.body(), third.body(), fourth.body()})
                    .containsExactly("/held", "/2", "/held3", "/4");
            assertThat(new Object[] {first.closes(), second.closes(), third.closes(), fourth.closes()})
                    .containsExactly(false, false, false, true);
            assertThat(client.endsCleanly()).isTrue();
            client.endOutput();
            drain.join();
        }
    }

    @Test
    void requestsPipelinedDuringTheDrainAreAllAnswered() throws InterruptedException {
        // given
        try (var client = server.client().get("/1")) {
            client.answer();
            var drain = server.startDrain();

            // when
            client.send(request("/2") + request("/3") + request("/4"));

            // then
            assertThat(client.answer().closes()).isFalse();
            assertThat(client.answer().closes()).isFalse();
            assertThat(client.answer())
                    .matches(last -> last.closes() && last.body().equals("/4"));
            assertThat(client.endsCleanly()).isTrue();
            client.endOutput();
            drain.join();
        }
    }

    @Test
    void anIdleConnectionGetsItsNextRequestAnswered() throws InterruptedException {
        // given
        try (var client = server.client().get("/1")) {
            assertThat(client.answer().closes()).isFalse();
            var drain = server.startDrain();

            // when
            var answer = client.get("/2").answer();

            // then
            assertThat(answer.body()).isEqualTo("/2");
            assertThat(answer.closes()).isTrue();
            client.endOutput();
            drain.join();
        }
    }

    @Test
    void anIdleConnectionIsClosedWhenTheDrainTimeIsOver() throws InterruptedException {
        // given
        useDrainTime(SHORT);
        try (var client = server.client().get("/1")) {
            client.answer();

            // when
            var drain = server.startDrain();

            // then
            assertThat(client.endsCleanly()).isTrue();
            drain.join();
            assertThat(server.drain.connections()).isZero();
        }
    }

    @Test
    void aClientThatDoesNotReadHasTheDrainTimeAndNoMore() throws InterruptedException {
        // given
        useDrainTime(SHORT);
        try (var _ = server.client().get("/big")) {
            // when
            server.startDrain().join();

            // then
            assertThat(server.drain.connections()).isZero();
        }
    }

    @Test
    void whatWaitsInTheQueueIsAcceptedAndAnsweredAfterTheDrainHasBegun() throws InterruptedException {
        // given
        var blocked = new CountDownLatch(1);
        server.block(blocked);
        var clients = new ArrayList<RawClient>();
        for (int i = 0; i < 200; i++) {
            clients.add(server.client().get("/" + i));
        }

        // when
        var drain = server.startDrain();
        blocked.countDown();

        // then
        for (int i = 0; i < clients.size(); i++) {
            try (var client = clients.get(i)) {
                var answer = client.answer();
                assertThat(answer.body()).isEqualTo("/" + i);
                assertThat(answer.closes()).isTrue();
                assertThat(client.endsCleanly()).isTrue();
            }
        }
        drain.join();
    }

    @Test
    void anInterruptClosesEverythingAtOnce() throws InterruptedException {
        // given
        try (var client = server.client().get("/1")) {
            client.answer();
            var drain = server.startDrain();

            // when
            drain.interrupt();

            // then
            drain.join();
            assertThat(client.endsCleanly()).isTrue();
        }
    }

    private static String request(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: test\r\n\r\n";
    }
}
