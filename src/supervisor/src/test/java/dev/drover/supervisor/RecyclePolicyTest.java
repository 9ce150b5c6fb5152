package dev.drover.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RecyclePolicyTest {
    private static final RecyclePolicy POLICY =
            new RecyclePolicy(Optional.of(Duration.ofSeconds(100)), OptionalLong.of(1000), OptionalLong.empty(), 0.2);

    @Test
    void jitterLowersEachBoundByAPartThatChanceTells() {
        assertThat(POLICY.of(0).maxAge()).contains(Duration.ofSeconds(100));
        assertThat(POLICY.of(0.5).maxAge()).contains(Duration.ofSeconds(90));
        assertThat(POLICY.of(1).maxMemoryBytes()).hasValue(800);
        assertThat(POLICY.of(1).maxRequests()).isEmpty();
    }

    @Test
    void noBoundIsLoweredToNothing() {
        assertThat(new RecyclePolicy(Optional.empty(), OptionalLong.empty(), OptionalLong.of(1), 1)
                        .of(1)
                        .maxRequests())
                .hasValue(1);
    }

    @Test
    void aBoundOfZeroIsRefused() {
        assertThatThrownBy(() -> new RecyclePolicy(Optional.empty(), OptionalLong.of(0), OptionalLong.empty(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not above 0");
    }
}
