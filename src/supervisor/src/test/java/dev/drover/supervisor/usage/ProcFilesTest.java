package dev.drover.supervisor.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ProcFilesTest {
    private static final String STATUS = "Name:\tx\nVmHWM:\t   5000 kB\nVmRSS:\t   2048 kB\nThreads:\t7\n";

    private static String stat(String name) {
        return "42 (" + name + ") S 1 42 42 0 -1 4194560 100 0 0 0 150 50 9 9 20 0 7 0 4711 1000 512 99 1 1\n";
    }

    @Test
    void aProcessMayBeNamedAsItLikes() {
        // when
        var reading = ProcFiles.parse(stat("a) R 1 (b c"), STATUS, OptionalInt.of(3));

        // then
        assertThat(reading)
                .hasValue(new ProcFiles.Reading(4711, Duration.ofSeconds(2), 7, 2048 * 1024, OptionalInt.of(3)));
    }

    @Test
    void aDeadProcessUsesNothing() {
        assertThat(ProcFiles.parse(stat("x"), "Name:\tx\nState:\tZ (zombie)\n", OptionalInt.empty()))
                .isEmpty();
        assertThat(ProcFiles.parse("42 (x) S 1 42", STATUS, OptionalInt.empty()))
                .as("cut")
                .isEmpty();
        assertThat(new ProcFiles(Path.of("/proc")).read(Integer.MAX_VALUE))
                .as("nobody")
                .isEmpty();
    }

    @Test
    void theKernelTellsOfThisProcess() {
        // when
        var reading = new ProcFiles(Path.of("/proc"))
                .read(ProcessHandle.current().pid())
                .orElseThrow();

        // then
        assertThat(reading.residentBytes()).isGreaterThan(10 << 20);
        assertThat(reading.cpu()).isPositive().isLessThan(Duration.ofDays(1));
        assertThat(reading.threads()).isGreaterThan(5);
        assertThat(reading.descriptors().orElseThrow()).isGreaterThan(2);
    }
}
