package dev.drover.it;

import static dev.drover.it.fixtures.ClientCommand.drover;
import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.ClientCommand.Ran;
import dev.drover.it.fixtures.DroverProcess;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Another template, another size, and the way back, by the client's verbs.
@Tag("slow")
class ApplyTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    /// Another file than the one that the master reads.
    private String changed(Pools pools) {
        return pools.write(newFolder()).toString();
    }

    private Path newFolder() {
        try {
            return Files.createTempDirectory(directory, "changed");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Test
    void aNewTemplateIsRolledOutUnderLoadAndUndone() throws Exception {
        // given
        var pool = Pools.hello(2);
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 2);
        var before = master.workers();
        var file = changed(pool.template("env: [{name: GREETING, value: hello}]"));

        // when
        try (var load = Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var dry = drover(master, "apply", "-f", file, "--dry-run");
            var diff = drover(master, "diff", "-f", file);
            var untouched = master.workers();
            var apply = drover(master, "apply", "-f", file);
            var status = drover(master, "rollout", "status", "web", "--timeout=60s");
            master.until("no old worker", () -> master.workers().stream().noneMatch(before::contains));
            var after = master.workers();
            var again = drover(master, "apply", "-f", file);
            var same = drover(master, "diff", "-f", file);
            var unchanged = master.workers();
            var undo = drover(master, "rollout", "undo", "web");
            var undone = drover(master, "rollout", "status", "pool/web");
            var history = drover(master, "rollout", "history", "web");
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(dry).isEqualTo(new Ran(0, "pool/web configured (dry run): new revision (env GREETING added)\n"));
            assertThat(diff).isEqualTo(new Ran(1, "pool web: new revision (env GREETING added)\n"));
            assertThat(untouched).isEqualTo(before);
            assertThat(apply).isEqualTo(new Ran(0, "pool/web configured: new revision (env GREETING added)\n"));
            assertThat(status.out()).endsWith("pool \"web\" successfully rolled out\n");
            assertThat(status.code()).isZero();
            assertThat(after).hasSize(2).doesNotContainAnyElementsOf(before);
            assertThat(again).isEqualTo(new Ran(0, "pool/web unchanged\n"));
            assertThat(same).isEqualTo(new Ran(0, ""));
            assertThat(unchanged).isEqualTo(after);
            assertThat(undo).isEqualTo(new Ran(0, "pool/web rolled back\n"));
            assertThat(undone.code()).as(undone.out()).isZero();
            assertThat(history.out())
                    .containsPattern("(?m)^2 +\\d+s +env GREETING added$")
                    .containsPattern("(?m)^3 +\\d+s +undo to revision 1$");
            assertThat(result.failures()).isEmpty();
        }
    }

    @Test
    void aPoolIsAddedAndDeletedByTheClient() throws Exception {
        // given
        var pool = Pools.hello(1);
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 1);
        var second = Pools.hello(1).named("more");

        // when
        try (var load =
                Loader.start(Load.perConnection(pool.address()).clients(2).duration(Load.ENDLESS))) {
            load.awaitAnswers(50, DroverProcess.PATIENCE);
            var added = drover(master, "apply", "-f", changed(second));
            master.awaitReady(second.address(), 1);
            var deleted = drover(master, "delete", "pool", "more");
            master.awaitLog("Pool gone pool=more");
            var again = drover(master, "delete", "pool/more");
            load.awaitAnswers(50, DroverProcess.PATIENCE);

            // then
            assertThat(added).isEqualTo(new Ran(0, "pool/more created\n"));
            assertThat(deleted).isEqualTo(new Ran(0, "pool \"more\" deleted\n"));
            assertThat(again.code()).as(again.out()).isEqualTo(3);
            assertThat(master.workers()).hasSize(1);
            assertThat(load.stop().failures()).isEmpty();
        }
    }

    @Test
    void aBadRevisionIsToldAndTouchesNobody() throws Exception {
        // given
        var pool = Pools.hello(2).spec("progressDeadlineSeconds: 5");
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 2);
        var before = master.workers();

        // when
        var apply = drover(master, "apply", "-f", changed(pool.command("sh", "-c", "exit 3")));
        var status = drover(master, "rollout", "status", "web");
        var look = drover(master, "rollout", "status", "web", "--watch=false");

        // then
        assertThat(apply.code()).isZero();
        assertThat(status.code()).isEqualTo(1);
        assertThat(status.out())
                .contains(
                        "drover: cannot roll out revision 2 of pool web: pool \"web\" exceeded its progress deadline",
                        "exited with code 3",
                        "go back with 'drover rollout undo web'");
        assertThat(look.code()).isEqualTo(1);
        master.until("the old workers and no other", () -> master.workers().equals(before));
        assertThat(drover(master, "rollout", "undo", "web").code()).isZero();
        assertThat(drover(master, "rollout", "status", "web"))
                .isEqualTo(new Ran(0, "pool \"web\" successfully rolled out\n"));
        assertThat(master.workers()).isEqualTo(before);
    }

    @Test
    void aPoolIsScaledUnderLoad() throws Exception {
        // given
        var pool = Pools.hello(2);
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitReady(pool.address(), 2);

        // when
        try (var load = Loader.start(Load.keepAlive(pool.address()).clients(4).duration(Load.ENDLESS))) {
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var more = drover(master, "scale", "web", "--replicas=4");
            var status = drover(master, "rollout", "status", "web", "--timeout=60s");
            int four = master.workers().size();
            var fewer = drover(master, "scale", "pool/web", "--replicas=1");
            master.until("one worker", () -> master.workers().size() == 1);
            load.awaitAnswers(100, DroverProcess.PATIENCE);
            var result = load.stop();

            // then
            assertThat(more).isEqualTo(new Ran(0, "pool/web scaled\n"));
            assertThat(status.code()).as(status.out()).isZero();
            assertThat(four).isEqualTo(4);
            assertThat(fewer).isEqualTo(new Ran(0, "pool/web scaled\n"));
            assertThat(result.failures()).isEmpty();
        }
    }

    @Test
    void whatCannotBeDoneIsToldWithTheNextStep() throws Exception {
        // given
        var pool = Pools.systemd(1, "sleep", "1000");
        var master = drovers.run("-f", pool.write(directory).toString());
        master.awaitLog("Worker started");
        var file = Path.of(changed(pool.spec("terminationGracePeriodSeconds: -1")));

        // when
        var apply = drover(master, "apply", "-f", file.toString());
        var diff = drover(master, "diff", "-f", file.toString());

        // then
        assertThat(apply.code()).isEqualTo(2);
        assertThat(apply.out())
                .startsWith(file + ":6: spec.terminationGracePeriodSeconds: is -1, must be from 0 to 86400\n");
        assertThat(diff.code()).isEqualTo(2);
        assertThat(drover(master, "scale", "nobody", "--replicas=1"))
                .isEqualTo(new Ran(
                        3, "drover: cannot scale pool nobody: no pool nobody; 'drover get pools' shows the pools\n"));
        assertThat(drover(master, "scale", "web", "--replicas=1001"))
                .isEqualTo(new Ran(2, "drover: cannot scale pool web: replicas: is 1001, must be from 0 to 1000\n"));
        assertThat(drover(master, "scale", "web", "--replicas=2", "--resource-version=x")
                        .code())
                .isEqualTo(1);
        assertThat(drover(master, "rollout", "undo", "web", "--to-revision=9").code())
                .isEqualTo(3);
        assertThat(drover(master, "rollout", "pause", "web").out()).isEqualTo("pool/web paused\n");
        assertThat(drover(master, "rollout", "restart", "web"))
                .isEqualTo(new Ran(
                        1,
                        "drover: cannot restart the rollout of pool web: it is paused, resume it first with 'drover"
                                + " rollout resume'\n"));
        assertThat(drover(master, "rollout", "resume", "web").code()).isZero();
        assertThat(drover(master, "rollout", "status", "web", "--timeout=500ms").code())
                .isEqualTo(1);
    }
}
