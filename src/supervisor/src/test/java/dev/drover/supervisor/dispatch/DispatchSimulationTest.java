package dev.drover.supervisor.dispatch;

import dev.drover.supervisor.dispatch.fixtures.DispatchWorld;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/// Plays random histories of one pool's connections against what must always hold. `-Ddrover.seed=N` plays one of
/// them again.
class DispatchSimulationTest {
    private static final int HISTORIES = 2_000;
    private static final int STEPS = 300;

    @Test
    void everyConnectionIsTakenOnceOrHeldWhateverHappens() {
        seeds().forEach(seed -> play(seed, DispatchWorld::playToRest));
    }

    @Test
    void anEndInTheMiddleOfItAllForgetsNoConnection() {
        seeds().limit(HISTORIES / 10).forEach(seed -> play(seed, DispatchWorld::playEnd));
    }

    private static LongStream seeds() {
        var chosen = Long.getLong("drover.seed");
        return chosen == null ? LongStream.range(0, HISTORIES) : LongStream.of(chosen);
    }

    private interface End {
        void play(DispatchWorld world);
    }

    private static void play(long seed, End end) {
        var world = new DispatchWorld(seed);
        try {
            world.play(STEPS);
            end.play(world);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "drover.seed=" + seed + ": " + failure + "\n" + String.join("\n", world.history()), failure);
        }
    }
}
