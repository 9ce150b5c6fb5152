package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.drover.protocol.worker.v1.Heartbeat;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.session.fixtures.RawWorker;
import dev.drover.session.fixtures.TestMaster;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The round trip of a session.
class PingTest {
    private static final Duration PAUSE = Duration.ofNanos(1000);

    private final TestMaster master = new TestMaster();

    @AfterEach
    void close() {
        master.close();
    }

    private static OpenSessionRequest beat() {
        return OpenSessionRequest.newBuilder()
                .setHeartbeat(Heartbeat.getDefaultInstance())
                .build();
    }

    private static OpenSessionRequest pong(long number) {
        return OpenSessionRequest.newBuilder().setPong(number).build();
    }

    private RawWorker worker(String... capabilities) throws InterruptedException {
        var plain = RawWorker.hello(master.expect("web-0")).getHello();
        var hello = plain.toBuilder().addAllCapabilities(List.of(capabilities));
        var worker = new RawWorker(master.socket())
                .say(OpenSessionRequest.newBuilder().setHello(hello).build());
        assertThat(worker.next().hasWelcome()).isTrue();
        return worker;
    }

    private WorkerSession session() throws InterruptedException {
        master.awaitTold("opened web-0");
        return master.sessions.getLast();
    }

    @Test
    void workerOfTheSdkIsMeasuredAgainAndAgain() throws Exception {
        // given
        master.openWorker("web-0");
        var session = session();

        // when
        Await.until("a ping was answered", () -> session.roundTrip().isPresent());
        var first = session.roundTrip().orElseThrow();
        Await.until("another one was", () -> !session.roundTrip().orElseThrow().equals(first));

        // then
        assertThat(first).isPositive().isLessThan(Await.DEADLINE);
    }

    @Test
    void loopThatServesIsNotTheWay() throws Exception {
        // given: it gives one sign of life, then it hangs
        var worker = master.worker("web-0");
        var serves = new AtomicBoolean(true);
        worker.heartbeatBy(sign -> {
            if (serves.getAndSet(false)) {
                sign.run();
            }
        });

        // when
        var _ = worker.open();
        var session = session();

        // then
        Await.until("the ping was answered", () -> session.roundTrip().isPresent());
    }

    @Test
    void pingFollowsAHeartbeatAndIsMeasuredUntilItsAnswer() throws Exception {
        // given
        try (var worker = worker("later", "ping")) {
            var session = session();

            // when
            long begun = System.nanoTime();
            worker.say(beat());
            var ping = worker.next();
            long heard = System.nanoTime();
            Await.until("some time has passed", () -> System.nanoTime() - heard > 20_000_000);
            long asked = System.nanoTime();
            worker.say(pong(ping.getPing()));

            // then
            Await.until("it is measured", () -> session.roundTrip().isPresent());
            assertThat(ping)
                    .isEqualTo(OpenSessionResponse.newBuilder().setPing(1).build());
            assertThat(session.roundTrip().orElseThrow())
                    .isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - begun))
                    .isGreaterThanOrEqualTo(Duration.ofNanos(asked - heard));
        }
    }

    @Test
    void heartbeatsOfAFloodGetFewPings() throws Exception {
        // given
        try (var worker = worker("ping")) {
            worker.say(beat());
            worker.say(pong(worker.next().getPing()));
            long answered = System.nanoTime();

            // when
            OpenSessionResponse second = null;
            while (second == null) {
                worker.say(beat());
                second = worker.heard.poll(1, TimeUnit.MILLISECONDS);
            }

            // then
            var pause = TestMaster.HEARTBEAT.multipliedBy(SessionLimits.HEARTBEATS_PER_PING);
            assertThat(second.getPing()).isEqualTo(2);
            assertThat(Duration.ofNanos(System.nanoTime() - answered)).isGreaterThan(pause.dividedBy(2));
        }
    }

    @Test
    void workerThatDoesNotKnowPingsGetsNone() throws Exception {
        // given
        try (var worker = worker("later")) {
            var session = session();
            long before = session.heartbeatNanos();

            // when
            worker.say(beat());
            Await.until("it is heard", () -> session.heartbeatNanos() != before);
            var _ = master.parent().send(Address.worker("web-0"), Payload.text("after"));

            // then
            assertThat(worker.next().getEnvelopesCount()).isEqualTo(1);
            assertThat(session.roundTrip()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, -1})
    void pongToNoPingEndsTheSession(long number) throws Exception {
        // given
        try (var worker = worker("ping")) {

            // when
            worker.say(pong(number));

            // then
            assertThat(worker.awaitEnd().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(worker.awaitEnd().getDescription()).startsWith("a pong to no ping: ");
        }
    }

    @Test
    void oneIsUnderWayAtATime() throws Exception {
        // given
        var pings = new Pings(PAUSE);

        // when
        assertThat(pings.isDue(0)).isTrue();
        long number = pings.send(0);

        // then
        assertThat(pings.isDue(5000)).isFalse();
        assertThatExceptionOfType(SessionViolation.class).isThrownBy(() -> pings.answered(number + 1, 5000));
        pings.answered(number, 5000);
        assertThat(pings.last()).contains(Duration.ofNanos(5000));
        assertThatExceptionOfType(SessionViolation.class).isThrownBy(() -> pings.answered(number, 5000));
    }

    @Test
    void nextOneIsDueAfterThePause() throws Exception {
        // given
        var pings = new Pings(PAUSE);
        pings.answered(pings.send(-100), -90);

        // then
        assertThat(pings.isDue(899)).isFalse();
        assertThat(pings.isDue(900)).isTrue();
        assertThat(pings.send(900)).isEqualTo(2);
    }
}
