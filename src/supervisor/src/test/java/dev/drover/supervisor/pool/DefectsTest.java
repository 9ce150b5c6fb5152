package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.supervisor.pool.fixtures.Defects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The simulation is worth what it finds: cores that are wrong on purpose are all found.
class DefectsTest {

    @ParameterizedTest
    @MethodSource("dev.drover.supervisor.pool.fixtures.Defects#all")
    void theSimulationFindsADefect(Defects.Defect defect) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < PoolSimulationTest.HISTORIES; seed++) {
                        PoolSimulationTest.play(seed, true, defect.core());
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("drover.seed=");
    }
}
