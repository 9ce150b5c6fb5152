package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.pool.fixtures.PoolPlay;
import dev.drover.supervisor.pool.fixtures.Specs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The bounds of a rolling update, rounded as in Kubernetes.
class PoolSpecTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    # replicas, maxSurge, maxUnavailable, surge, unavailable
                    10, 25%, 25%, 3, 2
                    10, 1, 0, 1, 0
                    4, 25%, 25%, 1, 1
                    3, 25%, 25%, 1, 0
                    3, 0, 25%, 0, 1
                    3, 0%, 34%, 0, 1
                    1, 0, 99%, 0, 1
                    1, 1%, 99%, 1, 0
                    3, 100%, 0, 3, 0
                    3, 0, 100%, 0, 3
                    3, 0, 7, 0, 3
                    3, 7, 7, 7, 3
                    0, 25%, 25%, 0, 0
                    0, 1, 1, 1, 0
                    1000, 100%, 0, 24, 0
                    1000, 2000000000, 0, 24, 0
                    """)
    void boundsAreRoundedAsInKubernetes(int replicas, String maxSurge, String maxUnavailable, int surge, int missing) {
        // when
        var spec = Specs.bounds(PoolPlay.spec(replicas, "cmd"), quantity(maxSurge), quantity(maxUnavailable));

        // then
        assertThat(spec.surge()).isEqualTo(surge);
        assertThat(spec.unavailable()).isEqualTo(missing);
    }

    private static Quantity quantity(String text) {
        return text.endsWith("%")
                ? Quantity.percent(Integer.parseInt(text.substring(0, text.length() - 1)))
                : Quantity.of(Integer.parseInt(text));
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0%, 0", "0, 0%", "0%, 0%"})
    void bothBoundsMayNotBeZero(String maxSurge, String maxUnavailable) {
        // given
        var spec = PoolPlay.spec(3, "cmd");

        // when / then
        assertThatThrownBy(() -> Specs.bounds(spec, quantity(maxSurge), quantity(maxUnavailable)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pool web: maxSurge and maxUnavailable are both 0, so nothing could be replaced");
    }

    @Test
    void theHistoryCannotBeShorterThanNothing() {
        // given
        var spec = PoolPlay.spec(3, "cmd");

        // when / then
        assertThatThrownBy(() -> Specs.historyLimit(spec, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aQuantityIsToldAsItIsWritten() {
        assertThat(Quantity.percent(25)).hasToString("25%");
        assertThat(Quantity.of(3)).hasToString("3");
    }
}
