package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.posix.ExitStatus;
import dev.drover.posix.Processes;
import dev.drover.supervisor.socket.fixtures.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasureTest {
    private static final Duration BOUND = Duration.ofSeconds(10);

    private final Supervisor supervisor = Supervisor.start();

    @AfterEach
    void close() {
        supervisor.close();
    }

    private long exits(ExitCause cause) {
        return supervisor.measure(BOUND).pool("web").orElseThrow().exits().getOrDefault(cause, -1L);
    }

    @Test
    void aPoolAndItsProcessesAreMeasured() {
        // given: a worker that ends by itself as soon as it is started
        supervisor.open(List.of(
                PoolSpec.of("web", 1, List.of("/bin/sh", "-c", "exit 3")),
                PoolSpec.of("still", 1, List.of("/bin/sleep", "1000"))));

        // when
        Await.until(
                () -> exits(ExitCause.ERROR) > 0, () -> supervisor.snapshot().toString());
        Await.until(
                () -> supervisor
                                .snapshot()
                                .pool("still")
                                .orElseThrow()
                                .workers()
                                .getFirst()
                                .pid()
                        > 0,
                () -> supervisor.snapshot().toString());
        var measures = supervisor.measure(BOUND);

        // then
        var worker = measures.snapshot().pool("still").orElseThrow().workers().getFirst();
        var usages = measures.usages().orElseThrow();
        assertThat(usages.of(worker.pid()).orElseThrow().residentBytes()).isPositive();
        assertThat(usages.of(Processes.currentPid()).orElseThrow().threads()).isGreaterThan(1);
        assertThat(measures.pool("still").orElseThrow().exits())
                .containsOnlyKeys(ExitCause.values())
                .containsValue(0L);
        assertThat(measures.loopWaits().counts().stream()
                        .mapToLong(count -> count)
                        .sum())
                .isPositive();
    }

    @Test
    void exitsAreCountedInTheirPlaceToo() {
        // given: one that fails, one that serves
        supervisor.open(List.of(
                PoolSpec.of("web", 1, List.of("/bin/sh", "-c", "exit 3")),
                PoolSpec.of("still", 1, List.of("/bin/sleep", "1000"))));

        // when
        Await.until(
                () -> exits(ExitCause.ERROR) > 0, () -> supervisor.snapshot().toString());
        var measures = supervisor.measure(BOUND);

        // then
        var web = measures.pool("web").orElseThrow();
        assertThat(web.exits(new WorkerId("web", 0), ExitCause.ERROR))
                .isEqualTo(web.exits().get(ExitCause.ERROR))
                .isPositive();
        assertThat(web.exits(new WorkerId("web", 1), ExitCause.ERROR)).isZero();
        assertThat(measures.pool("still").orElseThrow().exitsByWorker()).isEmpty();
    }

    @Test
    void whatWasCountedOfAPlaceStaysWhenItIsNotWanted() {
        // given
        var counts = new ExitCounts();
        var first = new WorkerId("web", 0);
        var second = new WorkerId("web", 1);

        // when
        counts.count(first, ExitCause.SIGNAL);
        counts.count(second, ExitCause.SIGNAL);
        var before = counts.places();
        counts.count(second, ExitCause.STOPPED);

        // then
        assertThat(before.get(second)).containsEntry(ExitCause.STOPPED, 0L);
        assertThat(counts.places().get(second))
                .containsOnlyKeys(ExitCause.values())
                .containsEntry(ExitCause.SIGNAL, 1L)
                .containsEntry(ExitCause.STOPPED, 1L);
        assertThat(counts.together()).containsEntry(ExitCause.SIGNAL, 2L).containsEntry(ExitCause.STOPPED, 1L);
    }

    @Test
    void whoeverMeasuresWaitsForALoopNoLongerThanHeWants() {
        // given: something that holds up the loop
        var held = new CountDownLatch(1);
        var let = new CountDownLatch(1);
        var holding = Thread.ofPlatform()
                .start(() -> supervisor.change(wanted -> {
                    held.countDown();
                    awaitUninterruptibly(let);
                    return wanted;
                }));
        awaitUninterruptibly(held);

        // when
        long begun = System.nanoTime();
        assertThatThrownBy(() -> supervisor.measure(Duration.ofMillis(50))).isInstanceOf(SupervisorException.class);
        long waited = System.nanoTime() - begun;
        let.countDown();

        // then: far from the minute that other calls wait
        assertThat(Duration.ofNanos(waited)).isLessThan(Duration.ofSeconds(10));
        assertThat(supervisor.measure(BOUND).snapshot().pools()).isEmpty();
        assertThat(holding.isInterrupted()).isFalse();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, false, false, false, COMPLETED",
        "3, false, false, false, ERROR",
        "3, false, true, false, STOPPED",
        "-9, false, false, false, SIGNAL",
        "-9, true, true, false, OUT_OF_MEMORY",
        "-9, false, true, true, HUNG",
        "-15, false, true, false, STOPPED"
    })
    void everyEndHasOneCause(int end, boolean outOfMemory, boolean asked, boolean hung, ExitCause cause) {
        // given
        var status = end < 0 ? new ExitStatus.Killed(-end, false) : new ExitStatus.Exited(end);

        // then
        assertThat(ExitCause.of(new Death(status, "", outOfMemory), asked, hung))
                .isEqualTo(cause);
    }

    @Test
    void timesAreCountedByTheirBounds() {
        // given
        var count = new LatencyCount();

        // when
        count.record(0);
        count.record(100_000);
        count.record(100_001);
        count.record(Duration.ofMinutes(1).toNanos());
        count.record(-5);

        // then
        var read = count.read();
        assertThat(read.counts()).hasSize(11).startsWith(3L, 1L).endsWith(1L);
        assertThat(read.sumNanos()).isEqualTo(60_000_200_001L);
    }
}
