package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void signalsAreFoundWithAndWithoutTheirPrefix() {
        // when, then
        assertThat(Signals.numberOf("SIGTERM")).hasValue(15);
        assertThat(Signals.numberOf("TERM")).hasValue(15);
        assertThat(Signals.numberOf("winch")).hasValue(Signals.SIGWINCH);
        assertThat(Signals.numberOf("SIGNONSENSE")).isEmpty();
    }

    @Test
    void everyNumberNamesItself() {
        // when, then
        for (int signal = Signals.SIGHUP; signal <= Signals.SIGSYS; signal++) {
            assertThat(Signals.numberOf(Signals.nameOf(signal))).hasValue(signal);
        }
        assertThat(Signals.nameOf(0)).isEqualTo("signal 0");
        assertThat(Signals.nameOf(40)).isEqualTo("signal 40");
    }
}
