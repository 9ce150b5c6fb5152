package dev.drover.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HelloQueryTest {
    @ParameterizedTest
    @CsvSource({"/?id=a-1_Z, a-1_Z", "/?id=a%20b, a b", "/?sleep=1&id=7, 7", "/, ", "/?x=1, ", "/?id=, ''"})
    void theIdIsDecoded(String uri, String id) {
        assertThat(HelloQuery.of(uri).id()).isEqualTo(Optional.ofNullable(id));
    }

    @Test
    void everythingCanBeAskedForAtOnce() {
        assertThat(HelloQuery.of("/a?sleep=60000&bytes=67108864&id=x"))
                .isEqualTo(new HelloQuery("/a", Optional.of("x"), 60_000, 67_108_864));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?sleep=60001", "/?sleep=-1", "/?bytes=67108865", "/?bytes=many", "/?id=%zz"})
    void whatIsOutOfRangeIsRefused(String uri) {
        assertThatThrownBy(() -> HelloQuery.of(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
