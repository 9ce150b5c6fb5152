package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.fixtures.PoolWorld;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Plays random histories of one pool against what must always hold. `-Ddrover.seed=N` plays one of them again.
class PoolSimulationTest {
    private static final int HISTORIES = 2_000;
    private static final int DISTURBANCES = 25;

    @Test
    void whateverHappensTheRulesHoldAndThePoolComesToRest() {
        seeds().forEach(seed -> play(seed, true));
    }

    @Test
    void aPoolThatIsStoppedInTheMiddleOfItAllBecomesIdle() {
        seeds().limit(HISTORIES / 10).forEach(seed -> play(seed, false));
    }

    private static LongStream seeds() {
        var chosen = Long.getLong("drover.seed");
        return chosen == null ? LongStream.range(0, HISTORIES) : LongStream.of(chosen);
    }

    private static void play(long seed, boolean toRest) {
        var world = new PoolWorld(seed);
        try {
            world.playDisturbed(DISTURBANCES);
            if (toRest) {
                assertThat(world.playToRest())
                        .as("the pool comes to rest as it is wanted")
                        .isTrue();
            }
            assertThat(world.playStop()).as("a stopped pool becomes idle").isTrue();
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("drover.seed=" + seed + ": " + failure + "\n" + world.history(), failure);
        }
    }
}
