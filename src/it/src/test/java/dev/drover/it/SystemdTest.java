package dev.drover.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.it.fixtures.Control;
import dev.drover.it.fixtures.Drovers;
import dev.drover.it.fixtures.Load;
import dev.drover.it.fixtures.Loader;
import dev.drover.it.fixtures.Pools;
import dev.drover.it.fixtures.Procs;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Programs that know systemd's protocol, or only descriptor 3, serve.
@Tag("slow")
class SystemdTest {
    @RegisterExtension
    final Drovers drovers = new Drovers();

    @TempDir
    Path directory;

    @Test
    void aPythonProgramOfAFewLinesServes() throws Exception {
        // given
        var pool = Pools.systemd(2, "python3", Pools.program("serve.py"));
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(200)).failed())
                .isZero();
        try (var control = Control.of(drover)) {
            assertThat(control.workers())
                    .allMatch(worker -> worker.getStatusText().equals("serving"));
        }
    }

    @Test
    void aNodeProgramOfAFewLinesServes() throws Exception {
        // given
        var pool = Pools.systemd(2, "node", Pools.program("serve.js")).template("readyWhen: Started");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.keepAlive(pool.address()).requests(200)).failed())
                .isZero();
    }

    @Test
    void gunicornServes() throws Exception {
        // given
        var pool = Pools.systemd(
                2,
                "gunicorn",
                "--workers=1",
                "--chdir=" + Path.of(Pools.program("wsgi_app.py")).getParent(),
                "wsgi_app:app");
        var drover = drovers.run("-f", pool.write(directory).toString());

        // when
        drover.awaitReady(pool.address(), 2);

        // then
        assertThat(Loader.run(Load.perConnection(pool.address()).requests(200)).failed())
                .isZero();
    }

    @Test
    void orphansAreReapedAndNotTakenForWorkers() {
        // given
        var pool = Pools.systemd(1, "python3", Pools.program("orphans.py"));
        var drover = drovers.run("-f", pool.write(directory).toString());
        drover.awaitReady(pool.address(), 1);

        // when
        drover.until(
                "the orphans to be reaped",
                () -> Procs.children(drover.pid()).size() <= 2
                        && Procs.descendants(drover.pid()).stream().noneMatch(Procs.Proc::isZombie));

        // then
        try (var control = Control.of(drover)) {
            assertThat(control.workers())
                    .singleElement()
                    .satisfies(worker -> assertThat(worker.getIncarnation()).isEqualTo(1));
        }
    }
}
