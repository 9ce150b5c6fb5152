package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:9090, 127.0.0.1:9090",
        "localhost:0, 127.0.0.1:0",
        "[::1]:9000, [::1]:9000",
        "0.0.0.0:65535, 0.0.0.0:65535",
        "[::]:1, [::]:1"
    })
    void writtenAddressIsToldAsItIsBound(String written, String told) {
        assertThat(ListenAddress.parse(written)).hasToString(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9090",
                "127.0.0.1",
                "::1:9090",
                "[127.0.0.1]:9090",
                "example.com:9090",
                ":9090",
                "127.0.0.1:",
                ""
            })
    void whatIsNoAddressInDigitsIsRefused(String written) {
        assertThatIllegalArgumentException().isThrownBy(() -> ListenAddress.parse(written));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "65536", "http", "99999999999"})
    void portOutsideItsRangeIsRefusedWithTheRange(String port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ListenAddress.parse("127.0.0.1:" + port))
                .withMessageContaining("0 to 65535");
    }

    @Test
    void onlyPortZeroBecomesTheChosenPort() {
        assertThat(ListenAddress.parse("127.0.0.1:0").withChosenPort(() -> 4711).port())
                .isEqualTo(4711);
        assertThat(ListenAddress.parse("127.0.0.1:9090")
                        .withChosenPort(() -> -1)
                        .port())
                .isEqualTo(9090);
    }
}
