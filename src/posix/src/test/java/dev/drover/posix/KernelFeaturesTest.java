package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.posix.fixtures.NoLeaks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class KernelFeaturesTest {
    @Test
    void kernelOfTheTestsCanDoEverything() {
        // when
        var features = KernelFeatures.probe();

        // then
        assertThat(features).isEqualTo(new KernelFeatures(true, true, true, true));
    }
}
