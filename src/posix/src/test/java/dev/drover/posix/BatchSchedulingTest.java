package dev.drover.posix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class BatchSchedulingTest {
    private static final int MANY =
            (int) (BatchScheduling.MANY_PER_SECOND * BatchScheduling.WINDOW_NANOS / 1_000_000_000);

    private final List<Boolean> told = new ArrayList<>();
    private long now;
    private boolean allowed = true;
    private final BatchScheduling scheduling = new BatchScheduling(() -> now, batch -> {
        told.add(batch);
        return allowed;
    });

    /// So many things, evenly in one window.
    private void window(int things) {
        for (int i = 1; i < things; i++) {
            scheduling.count(1);
        }
        now += BatchScheduling.WINDOW_NANOS;
        scheduling.count(1);
    }

    @Test
    void isInNoHurryOnceThereIsMuchToDo() {
        // when
        window(MANY - 1);
        var before = List.copyOf(told);
        window(MANY);
        window(MANY);

        // then
        assertThat(before).isEmpty();
        assertThat(told).containsExactly(true);
    }

    @Test
    void staysSoUntilThereIsHalfAsMuch() {
        // given
        window(MANY);

        // when
        window(MANY / 2);
        var half = List.copyOf(told);
        window(MANY / 2 - 1);

        // then
        assertThat(half).containsExactly(true);
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void firstThingAfterRestEndsIt() {
        // given
        window(MANY);

        // when: what came before the rest was much
        for (int i = 0; i < MANY; i++) {
            scheduling.count(1);
        }
        now += 60 * BatchScheduling.WINDOW_NANOS;
        scheduling.count(1);

        // then
        assertThat(told).containsExactly(true, false);
    }

    @Test
    void triesNoMoreWhereItIsRefused() {
        // given
        allowed = false;

        // when
        window(MANY);
        window(1);
        window(MANY);

        // then
        assertThat(told).containsExactly(true);
    }

    @Test
    void schedulesItsOwnThreadAndNoOther() throws Exception {
        // when
        var policies = onThreadOfItsOwn(() -> {
            var real = new BatchScheduling(() -> now, BatchScheduling.SCHEDULE);
            var before = policy();
            now += BatchScheduling.WINDOW_NANOS;
            real.count(MANY);
            var busy = policy();
            now += BatchScheduling.WINDOW_NANOS;
            real.count(0);
            return List.of(before, busy, policy());
        });

        // then
        assertThat(policies).containsExactly(SysProcess.SCHED_OTHER, SysProcess.SCHED_BATCH, SysProcess.SCHED_OTHER);
        assertThat(policy()).isEqualTo(SysProcess.SCHED_OTHER);
    }

    private static <T> T onThreadOfItsOwn(Callable<T> task) throws Exception {
        var result = new FutureTask<>(task);
        Thread.ofPlatform().start(result);
        return result.get();
    }

    /// Of this thread: field 41 of [proc_pid_stat(5)](https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html).
    private static int policy() throws IOException {
        var stat = Files.readString(Path.of("/proc/thread-self/stat"));
        var afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Integer.parseInt(afterName[41 - 3]);
    }
}
