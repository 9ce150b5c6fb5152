package dev.drover.master.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallDeadlineTest {
    @ParameterizedTest
    @CsvSource({
        "1H, PT1H",
        "99999999H, PT876000H",
        "2M, PT2M",
        "3S, PT3S",
        "400m, PT0.4S",
        "5u, PT0.000005S",
        "6n, PT0.000000006S",
        "0S, PT0S"
    })
    void everyUnitIsUnderstood(String text, Duration time) {
        assertThat(CallDeadline.parse(text)).contains(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "S", "-1S", "1s", "999999999S", "1 S", "1SS"})
    void whatIsNoTimeoutIsNone(String text) {
        assertThat(CallDeadline.parse(text)).isEmpty();
    }
}
