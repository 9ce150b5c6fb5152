package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.FailureKind;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// What happened is told, by events and in the status.
@Tag("slow")
class EventsTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    private static String events(DroverProcess drover, String... more) throws Exception {
        var arguments = new String[more.length + 2];
        arguments[0] = "get";
        arguments[1] = "events";
        System.arraycopy(more, 0, arguments, 2, more.length);
        return drover(drover, arguments).out().replaceAll(" +", " ");
    }

    @Test
    void whatHappensToAWorkerIsTold() throws Exception {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when
        Procs.signal(drover.workers().getFirst().pid(), "KILL");
        drover.awaitLog("Worker ready worker=web-0.2");

        // then
        assertThat(events(drover, "--pool", "web"))
                .contains(
                        " Normal RolloutComplete pool/web 1 Revision 1 is available in every place.",
                        " Warning Failed worker/web-0 1 Killed by SIGKILL.",
                        " Warning Unavailable pool/web 1 0 workers are available, 1 is needed.",
                        " Normal Ready worker/web-0 2 Serves with revision 1.");
        assertThat(events(drover)).contains(" Normal MasterStarted master/master 1 ");
    }

    @Test
    void aBadFileIsToldInAnEventAndTheStatusUntilItIsGoodAgain() throws Exception {
        // given
        var pool = Pools.hello(1);
        var file = pool.write(directory);
        var drover = drovers.run("-f", file.toString());
        drover.awaitReady(pool.address(), 1);

        // when
        Files.writeString(file, pool.yaml().replace("replicas: 1", "replicas: one"));
        drover.awaitLog("Pools unchanged");

        // then
        var what = "spec.replicas: is one, must be a whole number";
        assertThat(events(drover, "--type", "Warning")).contains("FilesRefused master/master 1 ", what);
        assertThat(drover(drover, "get", "pool", "web", "-o", "yaml").out())
                .contains("reason: FilesRefused", "status: 'True'\n");

        // when
        pool.write(directory);
        drover.awaitLog("Pools read again");

        // then
        assertThat(drover(drover, "get", "pool", "web", "-o", "yaml").out()).contains("reason: NoneFailing");
        assertThat(events(drover)).contains(" Normal Recovered pool/web ", " Normal FilesRead master/master ");
    }

    @Test
    void aWatchOfEventsTellsWhatHappensAndEndsWithTheMaster() throws Exception {
        // given
        var pool = Pools.hello(1);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);
        var out = directory.resolve("events");
        var watch = ClientCommand.command(drover, "get", "events", "-w")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        drover.until("the first look", () -> Files.readString(out).contains("MasterStarted"));

        // when
        assertThat(drover(drover, "scale", "web", "--replicas=2").code()).isZero();

        // then
        drover.until("the news", () -> Files.readString(out).contains("replicas 1 -> 2"));
        drover.signal("TERM");
        assertThat(drover.awaitExit()).isZero();
        assertThat(watch.waitFor()).isEqualTo(4);
    }

    @Test
    void aDrainFinishesWhatIsInHandAndTheMasterWaitsToBeStopped() throws Exception {
        // given
        var pool = Pools.hello(2);
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 2);

        // when
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(200, DroverProcess.PATIENCE);
            var drained = drover(drover, "drain");
            var again = drover(drover, "drain");
            var result = load.stop();

            // then
            assertThat(drained).isEqualTo(new ClientCommand.Ran(0, "master drained\n"));
            assertThat(again).isEqualTo(drained);
            assertThat(result.failures().keySet())
                    .as("only who comes when the port lets nobody in finds nobody: %s", result.firstFailures())
                    .isSubsetOf(FailureKind.CONNECT_REFUSED, FailureKind.CONNECT_TIMEOUT);
        }
        assertThat(drover.workers()).isEmpty();
        assertThat(events(drover))
                .contains(
                        "Stop: every worker is gone; 2 workers finished what was in hand, 0 killed, 0 waiting"
                                + " connections cut off.",
                        " Normal Drained master/master 1 ");
        assertThat(drover(drover, "scale", "web", "--replicas=3").code()).isEqualTo(1);
        drover.signal("TERM");
        assertThat(drover.awaitExit()).isZero();
    }
}
