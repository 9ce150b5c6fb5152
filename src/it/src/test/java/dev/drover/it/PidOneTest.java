package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// As the first process of a pid namespace the master reaps, serves and stops as anywhere.
@Tag("slow")
class PidOneTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void theMasterIsAGoodFirstProcess() {
        // given
        var pool = Pools.systemd(2, "python3", Pools.program("orphans.py"));
        var drover = drovers.runAsPidOne("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        drover.until(
                "the orphans to be reaped",
                () -> drover.stdout().contains("Worker ready worker=web-1.1")
                        && drover.zombies() == 0
                        && drover.descendants() == 3);

        // then
        assertThat(drover.stdout()).doesNotContain("Worker exited");
        drover.signalInside("TERM");
        assertThat(drover.awaitExit()).isZero();
    }
}
