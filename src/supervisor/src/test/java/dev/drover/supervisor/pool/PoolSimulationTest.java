package dev.drover.supervisor.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.supervisor.pool.fixtures.Core;
import dev.drover.supervisor.pool.fixtures.PoolWorld;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Plays random histories of one pool against what must always hold. `-Ddrover.histories=N` plays more of them,
/// `-Ddrover.seed=N` one of them again.
class PoolSimulationTest {
    static final int HISTORIES = Integer.getInteger("drover.histories", 10_000);
    private static final int DISTURBANCES = 20;

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
        play(seed, toRest, Core.SOUND);
    }

    static void play(long seed, boolean toRest, Core core) {
        var world = new PoolWorld(seed, core);
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
