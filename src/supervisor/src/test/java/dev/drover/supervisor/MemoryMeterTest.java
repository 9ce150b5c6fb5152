package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.Processes;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryMeterTest {
    private static final long MEBI = 1 << 20;

    private static Map<Long, Long> ask(Map<Long, Long> bounds) throws Exception {
        var answer = new CompletableFuture<Map<Long, Long>>();
        try (var meter = new MemoryMeter()) {
            assertThat(meter.ask(bounds, answer::complete)).isTrue();
            return answer.get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void onlyGroupsThatUseMoreThanTheyMayAreTold() throws Exception {
        // given: this process and whoever is in its group
        long group = Processes.processGroupOf(Processes.currentPid());

        // then
        assertThat(ask(Map.of(group, MEBI)).get(group)).isGreaterThan(10 * MEBI);
        assertThat(ask(Map.of(group, Long.MAX_VALUE))).isEmpty();
        assertThat(ask(Map.of(Long.MAX_VALUE, MEBI))).as("no such group").isEmpty();
    }

    @Test
    void fieldsOfTheKernelAreReadInBytes() {
        var text = "5559-7fff ---p 00000000 00:00 0 [rollup]\nRss:    2048 kB\nPss:      12 kB\nPss_Dirty:  4 kB\n";

        assertThat(MemoryMeter.bytes(text, "Pss:")).hasValue(12 * 1024);
        assertThat(MemoryMeter.bytes(text, "VmRSS:")).isEmpty();
    }
}
