package dev.drover.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.drover.protocol.worker.v1.IdRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The small values of sessions: addresses, bounds, numbers, several outcomes as one.
class ValuesTest {
    private static final SessionEvents DEAF = new SessionEvents() {
        @Override
        public void opened(WorkerSession session) {}

        @Override
        public void ready() {}

        @Override
        public void draining() {}

        @Override
        public void status(String text) {}

        @Override
        public void closed(String why) {}
    };

    @ParameterizedTest
    @ValueSource(strings = {"parent", "web-0", "pool/web", "program/deployer", "program/a/b"})
    void addressIsReadAsItIsWritten(String text) {
        // when
        var address = Address.parse(text);

        // then
        assertThat(address).hasToString(text);
    }

    @Test
    void workerMayBeNamedAsOne() {
        // when
        var address = Address.parse("worker/web-0");

        // then
        assertThat(address).isEqualTo(Address.worker("web-0"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "pool/", "program/", "worker/", "/web", "pods/web", "web/0"})
    void whatIsNoAddressIsRefused(String text) {
        // when
        var reading = assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(text));

        // then
        reading.withMessageStartingWith("cannot address");
    }

    @Test
    void refusalOfALongNameIsShort() {
        // given
        var name = "w".repeat(1_000_000);

        // when
        var reading = assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(name));
        var kind = assertThatIllegalArgumentException().isThrownBy(() -> Address.parse(name + "/x"));

        // then
        reading.satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(200));
        kind.satisfies(failure -> assertThat(failure.getMessage()).hasSizeLessThan(200));
    }

    @Test
    void nameMayHave253Characters() {
        // when
        var address = Address.worker("w".repeat(253));

        // then
        assertThat(address).isNotNull();
        assertThatIllegalArgumentException().isThrownBy(() -> Address.worker("w".repeat(254)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, 1, 1, 1, 1, maxPayloadBytes 0: 1 to 16777216",
        "16777217, 1, 16777217, 1, 16777217, 1, maxPayloadBytes 16777217",
        "1, 0, 1, 1, 1, 1, maxMessagesPerPeer 0: from 1",
        "2, 1, 1, 1, 1, 1, 'maxBytesPerPeer 1: from maxPayloadBytes, 2'",
        "1, 2, 1, 1, 1, 1, 'maxMessages 1: from maxMessagesPerPeer, 2'",
        "1, 1, 2, 1, 1, 1, 'maxBytes 1: from maxBytesPerPeer, 2'",
        "1, 1, 1, 1, 1, 0, maxOpenRequests 0: from 1",
    })
    void boundsThatCannotHoldAreRefused(
            int payload, int perPeer, long bytesPerPeer, int messages, long bytes, int requests, String why) {
        // when
        var making = assertThatIllegalArgumentException()
                .isThrownBy(() -> new MessageLimits(payload, perPeer, bytesPerPeer, messages, bytes, requests));

        // then
        making.withMessageContaining(why);
    }

    @Test
    void boundsComeBackAsTheyWere() throws Exception {
        // given
        var limits = new MessageLimits(1, 2, 3, 4, 1L << 40, 6);

        // when
        var back = WireLimits.decode(WireLimits.encode(limits));

        // then
        assertThat(back).isEqualTo(limits);
    }

    @Test
    void patienceIsNeverNegativeAndNoneOnTheLoop() {
        // given
        var forEver = WhenFull.waitFor(Duration.ofSeconds(Long.MAX_VALUE));

        // when
        var patience = Outbox.patience(forEver, false);

        // then
        assertThat(patience).isEqualTo(Duration.ofNanos(Long.MAX_VALUE));
        assertThat(Outbox.patience(forEver, true)).isZero();
        assertThat(Outbox.patience(WhenFull.waitFor(Duration.ofSeconds(-1)), false))
                .isZero();
        assertThat(Outbox.patience(WhenFull.fail(), false)).isZero();
    }

    private static IdRange range(long first, long last) {
        return IdRange.newBuilder().setFirst(first).setLast(last).build();
    }

    @Test
    void consecutiveNumbersAreOneRange() {
        // given
        var ranges = new IdRanges();

        // when
        for (long id : new long[] {1, 2, 3, 5, 7, 8, 4}) {
            ranges.add(id);
        }

        // then
        assertThat(ranges.size()).isEqualTo(4);
        assertThat(ranges.drain(1024)).containsExactly(range(1, 3), range(5, 5), range(7, 8), range(4, 4));
        assertThat(ranges.drain(1024)).isEmpty();
        assertThat(ranges.size()).isZero();
    }

    @Test
    void drainedRangeDoesNotGrow() {
        // given
        var ranges = new IdRanges();
        ranges.add(1);
        ranges.drain(1024);

        // when
        ranges.add(2);

        // then
        assertThat(ranges.drain(1024)).containsExactly(range(2, 2));
    }

    @Test
    void manyRangesComeInTurns() {
        // given
        var ranges = new IdRanges();
        for (long id = 1; id <= 9; id += 2) {
            ranges.add(id);
        }

        // when
        var first = ranges.drain(2);
        int left = ranges.size();
        var second = ranges.drain(2);
        ranges.add(10);
        var third = ranges.drain(2);

        // then
        assertThat(first).containsExactly(range(1, 1), range(3, 3));
        assertThat(left).isEqualTo(3);
        assertThat(second).containsExactly(range(5, 5), range(7, 7));
        assertThat(third).containsExactly(range(9, 9), range(10, 10));
        assertThat(ranges.drain(2)).isEmpty();
    }

    @Test
    void numbersMapToValuesAsInAnyMap() {
        // given
        var random = new Random(7);
        var map = new IdMap<Long>();
        var model = new HashMap<Long, Long>();

        // when
        for (int i = 0; i < 100_000; i++) {
            long id = random.nextInt(5000);
            if (random.nextBoolean()) {
                map.put(id, (long) i);
                model.put(id, (long) i);
            } else {
                assertThat(map.remove(id)).isEqualTo(model.remove(id));
            }
        }

        // then
        assertThat(map.size()).isEqualTo(model.size());
        assertThat(map.values()).containsExactlyInAnyOrderElementsOf(model.values());
        assertThat(model).allSatisfy((id, value) -> assertThat(map.get(id)).isEqualTo(value));
        assertThat(map.containsKey(5001)).isFalse();
    }

    @Test
    void severalOutcomesAreOne() {
        // given
        var told = new ArrayList<String>();
        var fanout = new Fanout(3, (delivered, failed) -> told.add(delivered + " " + failed));
        var copies = IntStream.range(0, 3).mapToObj(_ -> fanout.copy()).toList();

        // when
        copies.get(0).taken();
        copies.get(1).failed(new Failure(FailureReason.QUEUE_FULL, "full"));
        int early = told.size();
        copies.get(2).failed(new Failure(FailureReason.PEER_GONE, "gone"));

        // then
        assertThat(early).isZero();
        assertThat(told).containsExactly("1 2");
    }

    @Test
    void severalOutcomesAreOneFromManyThreads() throws Exception {
        // given
        int copies = 1000;
        var ends = new AtomicInteger();
        var sum = new AtomicInteger();
        var fanout = new Fanout(copies, (delivered, failed) -> {
            ends.incrementAndGet();
            sum.set(delivered * 10_000 + failed);
        });

        // when
        var threads = IntStream.range(0, copies)
                .mapToObj(i -> Thread.ofVirtual().start(() -> {
                    if (i % 4 == 0) {
                        fanout.copy().failed(new Failure(FailureReason.PEER_GONE, "gone"));
                    } else {
                        fanout.copy().taken();
                    }
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }

        // then
        assertThat(ends).hasValue(1);
        assertThat(sum).hasValue(750 * 10_000 + 250);
    }

    @Test
    void failureTellsAtMost1024Characters() {
        // when
        var failure = new Failure(FailureReason.HANDLER_FAILED, "w".repeat(2000));

        // then
        assertThat(failure.message()).hasSize(1024);
    }

    @Test
    void loadIsNotNegative() {
        // when
        var making = assertThatIllegalArgumentException().isThrownBy(() -> new Load(-1, 0, 0));

        // then
        making.withMessageContaining("cannot report -1 connections");
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(0, -1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Load(0, 0, -1));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 9, 3_600_001})
    void heartbeatIntervalHasBounds(long millis) {
        // when
        var admitting = assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionVerdict.Admitted("web", "web-0", 1, Duration.ofMillis(millis), DEAF));

        // then
        admitting.withMessageContaining("cannot want a heartbeat every");
    }

    @ParameterizedTest
    @CsvSource({"0, 1000", "1, 1000", "64, 1000", "65, 1125", "96, 1500", "256, 4000", "4096, 64000"})
    void allWorkersTogetherGiveNoMoreThan64SignsOfLifeASecond(int workers, long millis) {
        // when
        var interval = HeartbeatPace.of(workers);

        // then
        assertThat(interval.toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 124_999_999, 125_000_000, 7_777_777_777L, -1, -7_777_777_777L, Long.MAX_VALUE})
    void workersGiveTheirSignsOfLifeAtCommonMoments(long nowNanos) {
        // given
        var interval = HeartbeatPace.of(1);

        // when
        var first = HeartbeatPace.first(interval, nowNanos);

        // then
        assertThat((nowNanos + first.toNanos()) % 125_000_000).isZero();
        assertThat(first).isBetween(interval, interval.plusMillis(125));
    }
}
