package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettledTest {
    private final Settled<String> settled = new Settled<>("a");

    @Test
    void whatStaysIsNoChange() {
        assertThat(settled.see("a")).isFalse();
        assertThat(settled.see("a")).isFalse();
        assertThat(settled.value()).isEqualTo("a");
    }

    @Test
    void whatIsSeenTwiceIsTakenOnce() {
        assertThat(settled.see("b")).isFalse();
        assertThat(settled.value()).isEqualTo("a");
        assertThat(settled.see("b")).isTrue();
        assertThat(settled.value()).isEqualTo("b");
        assertThat(settled.see("b")).isFalse();
    }

    @Test
    void whatIsStillChangingWaits() {
        assertThat(settled.see("b")).isFalse();
        assertThat(settled.see("c")).isFalse();
        assertThat(settled.see("c")).isTrue();
    }

    @Test
    void whatGoesBackAtOnceIsNoChange() {
        assertThat(settled.see("b")).isFalse();
        assertThat(settled.see("a")).isFalse();
        assertThat(settled.see("a")).isFalse();
    }

    @Test
    void whatWasTakenOtherwiseIsNoChange() {
        settled.take("b");
        assertThat(settled.see("b")).isFalse();
        assertThat(settled.see("b")).isFalse();
        assertThat(settled.value()).isEqualTo("b");
    }
}
