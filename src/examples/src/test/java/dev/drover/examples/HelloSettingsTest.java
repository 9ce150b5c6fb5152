package dev.drover.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelloSettingsTest {
    @Test
    void withoutAnyItIsAWorkerWithOneEventLoopThatBecomesReadyAtOnce() {
        assertThat(HelloSettings.of(List.of(), Map.of()))
                .isEqualTo(new HelloSettings(OptionalInt.empty(), 1, Duration.ZERO, true));
    }

    @Test
    void allCanBeSet() {
        assertThat(HelloSettings.of(
                        List.of("--port", "80", "--threads", "2"),
                        Map.of("HELLO_STARTUP_DELAY_MS", "1500", "HELLO_READY", "never")))
                .isEqualTo(new HelloSettings(OptionalInt.of(80), 2, Duration.ofMillis(1500), false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "--port 65536", "--port x", "--threads 0", "--verbose", "8080"})
    void whatIsNotUnderstoodIsRefused(String arguments) {
        assertThatThrownBy(() -> HelloSettings.of(List.of(arguments.split(" ")), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
