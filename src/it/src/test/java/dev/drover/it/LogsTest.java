package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What workers write can be read from the master.
@Tag("slow")
class LogsTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private static Pools saying(int replicas, String script) {
        return Pools.systemd(replicas, "sh", "-c", script + "; exec sleep 1000").template("readyWhen: Started");
    }

    @Test
    void linesAreFollowedOverADeathAndThoseBeforeItAreThePrevious() throws Exception {
        // given
        var pool = saying(2, "echo \"I am $DROVER_WORKER.$DROVER_INCARNATION\"; echo oops >&2");
        var drover = drovers.run("-f", pool.write(directory).toString());
        var out = directory.resolve("followed");
        var follow = ClientCommand.command(drover, "logs", "web", "-f")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        drover.awaitLog("I am web-0.1");
        drover.awaitLog("I am web-1.1");
        var following = follow.start();
        drover.until("what is kept", () -> Files.readString(out).contains("[web-1] I am web-1.1\n"));

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");

        // then
        drover.until("the next incarnation's line", () -> Files.readString(out).contains("[web-0] I am web-0.2\n"));
        assertThat(Files.readString(out)).containsOnlyOnce("[web-0] I am web-0.1\n");
        assertThat(drover(drover, "logs", "web-0", "--previous", "--tail", "2").out())
                .hasLineCount(2)
                .contains("I am web-0.1\n", "oops\n");
        assertThat(drover(drover, "logs", "web-0").out()).contains("I am web-0.2\n");
        assertThat(drover(drover, "logs", "web-1", "--previous").code()).isEqualTo(3);
        assertThat(drover(drover, "logs", "shop").code()).isEqualTo(3);

        // when
        assertThat(drover(drover, "delete", "pool", "web").code()).isZero();

        // then
        assertThat(following.waitFor(DroverProcess.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        assertThat(following.exitValue()).isZero();
    }

    @Test
    void aWorkerThatCannotStayTellsWhyInItsLog() throws Exception {
        // given
        var pool = Pools.systemd(1, "sh", "-c", "echo no configuration >&2; exit 3")
                .template("readyWhen: Started");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitLog("exited with code 3");

        // then
        drover.until(
                "its last words",
                () -> drover(drover, "logs", "web-0").out().equals("no configuration\n")
                        && drover(drover, "logs", "web-0", "-p").out().equals("no configuration\n"));
    }
}
