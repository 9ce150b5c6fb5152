package dev.drover.supervisor.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageMeterTest {
    private static final Instant BEGIN = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    private Path proc;

    /// Set by the test before it asks.
    private final AtomicLong nanos = new AtomicLong();

    private UsageMeter meter = new UsageMeter();

    private void begin() {
        meter.close();
        meter = new UsageMeter(proc, () -> BEGIN.plusNanos(nanos.get()), nanos::get);
    }

    @AfterEach
    void close() {
        meter.close();
    }

    private void process(long pid, long started, long ticks) throws IOException {
        var directory = Files.createDirectories(proc.resolve(Long.toString(pid)));
        Files.createDirectories(directory.resolve("fd"));
        Files.writeString(
                directory.resolve("stat"),
                pid + " (java) S 1 1 1 0 -1 0 0 0 0 0 " + ticks + " 0 0 0 20 0 5 0 " + started + " 1 1\n");
        Files.writeString(directory.resolve("status"), "VmRSS:\t  " + ticks + " kB\n");
    }

    private Usages ask(Long... pids) throws Exception {
        return meter.ask(Set.of(pids)).get(10, TimeUnit.SECONDS);
    }

    private void passes(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void whatIsFreshIsNotReadAgain() throws Exception {
        // given
        begin();
        process(7, 1, 100);
        ask(7L);

        // when
        process(7, 1, 150);
        passes(UsageMeter.FRESH.minusMillis(1));
        var fresh = ask(7L);
        passes(Duration.ofMillis(1));
        var old = ask(7L);

        // then
        assertThat(fresh.of(7).orElseThrow().cpuSeconds()).isEqualTo(1.0);
        assertThat(fresh.time()).isEqualTo(BEGIN);
        assertThat(fresh.of(7).orElseThrow().cores()).isEmpty();
        assertThat(old.of(7).orElseThrow().cpuSeconds()).isEqualTo(1.5);
        assertThat(old.of(7).orElseThrow().cores()).hasValue(0.25);
        assertThat(old.time()).isEqualTo(BEGIN.plusSeconds(2));
    }

    @Test
    void whoIsNewIsReadAtOnceAndWhoIsGoneIsLeftOut() throws Exception {
        // given
        begin();
        process(7, 1, 100);
        ask(7L);

        // when
        process(8, 2, 10);
        passes(Duration.ofSeconds(1));
        var both = ask(7L, 8L, 9L);

        // then
        assertThat(both.processes()).containsOnlyKeys(7L, 8L);
        assertThat(both.time()).as("of the older").isEqualTo(BEGIN);
    }

    @Test
    void anotherProcessOfTheSameNumberBeginsAnew() throws Exception {
        // given
        begin();
        process(7, 1, 100);
        ask(7L);

        // when
        process(7, 2, 10);
        passes(UsageMeter.FRESH);

        // then
        assertThat(ask(7L).of(7).orElseThrow().cores()).isEmpty();
    }

    @Test
    void afterTheEndNobodyIsAnswered() {
        // given
        begin();
        meter.close();

        // then
        assertThat(meter.ask(Set.of(1L))).isCompletedExceptionally();
    }
}
