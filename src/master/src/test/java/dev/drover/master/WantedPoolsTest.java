package dev.drover.master;

import static org.assertj.core.api.Assertions.assertThat;

import dev.drover.poolfile.Defaults;
import dev.drover.poolfile.PoolFiles;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the files and the control API want, with a real supervisor. Its workers are never ready: what is wanted does
/// not depend on them.
class WantedPoolsTest {
    @TempDir
    private Path directory;

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Supervisor supervisor = Supervisor.start();
    private WantedPools pools;

    @BeforeEach
    @SuppressWarnings("NullAway.Init")
    void open() {
        var written = write(pool("jobs", "replicas: 1", "1000"), pool("web", "replicas: 1", "1000"));
        pools = new WantedPools(
                supervisor, new PoolSource(List.of(directory)), WrittenPools.of(written), stopping::get);
        pools.open();
    }

    @AfterEach
    void close() {
        supervisor.close();
    }

    private static String pool(String name, String spec, String seconds) {
        return """
                apiVersion: drover.dev/v1
                kind: WorkerPool
                metadata: {name: %s}
                spec: {%s, template: {protocol: Systemd, command: [sleep, '%s']}}
                """.formatted(name, spec, seconds);
    }

    private List<WorkerPool> write(String... documents) {
        try {
            Files.writeString(directory.resolve("pools.yaml"), String.join("---\n", documents));
            return read(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private List<WorkerPool> pools(String document) {
        try (var other = new TemporaryFile(document)) {
            return read(other.path());
        }
    }

    private record TemporaryFile(Path path) implements AutoCloseable {
        TemporaryFile(String text) {
            this(write(text));
        }

        private static Path write(String text) {
            try {
                return Files.writeString(Files.createTempFile("pool", ".yaml"), text);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }

        @Override
        public void close() {
            try {
                Files.delete(path);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private static List<WorkerPool> read(Path file) {
        var result = PoolFiles.read(List.of(file));
        assertThat(result.problems()).isEmpty();
        return result.pools().stream().map(Defaults::of).toList();
    }

    private Snapshot.Pool now(String name) {
        return supervisor.snapshot().pool(name).orElseThrow();
    }

    /// A pool without workers. Of others the version changes by itself, as their processes start.
    private String versionOfAPoolAtRest(String name) {
        pools.apply(pools(pool(name, "replicas: 0", "1000")), false);
        return Long.toString(now(name).version());
    }

    private static List<String> lines(ChangeAnswer answer) {
        assertThat(answer).isInstanceOf(ChangeAnswer.Done.class);
        return ((ChangeAnswer.Done) answer).plan().lines();
    }

    @Test
    void onlyTheNamedPoolsAreChanged() {
        // given: another pool is not as it is written any more
        pools.scale("jobs", 3, "");
        var wanted = pools(pool("web", "replicas: 2", "2000"));

        // when
        var answer = pools.apply(wanted, false);

        // then
        assertThat(lines(answer)).containsExactly("pool web: replicas 1 -> 2, new revision (command)");
        assertThat(now("jobs").spec().replicas()).isEqualTo(3);
        assertThat(now("web").spec().replicas()).isEqualTo(2);
        assertThat(now("web").revision()).isEqualTo(2);
        assertThat(pools.written("web")).contains(wanted.getFirst());
    }

    @Test
    void applyingTwiceChangesNothing() {
        // given
        var wanted = pools(pool("web", "replicas: 2", "2000"));
        pools.apply(wanted, false);
        int generation = now("web").generation();

        // when
        var again = pools.apply(wanted, false);

        // then
        assertThat(lines(again)).isEmpty();
        assertThat(now("web").generation()).isEqualTo(generation);
        assertThat(now("web").revision()).isEqualTo(2);
    }

    @Test
    void aDryRunOnlyTells() {
        // given
        var before = pools.written("web");

        // when
        var answer = pools.apply(
                pools(pool("web", "replicas: 2", "2000") + "---\n" + pool("new", "replicas: 1", "1")), true);

        // then
        assertThat(lines(answer))
                .containsExactly("pool web: replicas 1 -> 2, new revision (command)", "pool new: added");
        assertThat(now("web").generation()).isEqualTo(1);
        assertThat(supervisor.snapshot().pool("new")).isEmpty();
        assertThat(pools.written("web")).isEqualTo(before);
        assertThat(pools.written("new")).isEmpty();
    }

    @Test
    void aPoolThatHasChangedSinceItWasReadIsLetAlone() {
        // given
        var version = versionOfAPoolAtRest("idle");
        var scaled = pools.scale("idle", 2, version);
        var wanted = pools(pool("idle", "replicas: 3", "1000")).getFirst().toBuilder();
        wanted.getMetadataBuilder().setResourceVersion(version);

        // when
        var apply = pools.apply(List.of(wanted.build()), false);
        var scale = pools.scale("idle", 4, version);
        var unknown = pools.scale("nobody", 4, version);

        // then
        assertThat(lines(scaled)).containsExactly("pool idle: replicas 0 -> 2");
        assertThat(apply).isInstanceOfSatisfying(ChangeAnswer.Stale.class, stale -> {
            assertThat(stale.given()).isEqualTo(version);
            assertThat(stale.current()).isNotEqualTo(Optional.of(version)).isPresent();
        });
        assertThat(scale).isInstanceOf(ChangeAnswer.Stale.class);
        assertThat(unknown).isEqualTo(new ChangeAnswer.Stale("nobody", version, Optional.empty()));
        assertThat(now("idle").spec().replicas()).isEqualTo(2);
    }

    @Test
    void whatTheMasterWritesIsNotTakenForWritten() {
        // given
        var version = versionOfAPoolAtRest("idle");
        var wanted = pools(pool("idle", "replicas: 3", "1000")).getFirst().toBuilder();
        wanted.getMetadataBuilder().setGeneration(7).setResourceVersion(version);
        wanted.getStatusBuilder().setReplicas(9);

        // when
        var answer = pools.apply(List.of(wanted.build()), false);

        // then
        assertThat(lines(answer)).containsExactly("pool idle: replicas 0 -> 3");
        assertThat(pools.written("idle"))
                .contains(pools(pool("idle", "replicas: 3", "1000")).getFirst());
    }

    @Test
    void aScaleSetsTheCount() {
        // given
        pools.apply(pools(pool("web", "minReadySeconds: 0", "1000")), false);
        int cpus = now("web").spec().replicas();

        // when
        var answer = pools.scale("web", cpus + 3, "");
        var again = pools.scale("web", cpus + 3, "");

        // then
        assertThat(lines(answer)).containsExactly("pool web: replicas " + cpus + " -> " + (cpus + 3));
        assertThat(lines(again)).isEmpty();
        assertThat(pools.written("web").orElseThrow().getSpec().getReplicas()).isEqualTo(cpus + 3);
        assertThat(pools.scale("nobody", 1, "")).isEqualTo(new ChangeAnswer.NoSuchPool("nobody"));
    }

    @Test
    void theFilesWinWhenTheyAreReadAgain() {
        // given
        pools.apply(pools(pool("web", "replicas: 2", "2000")), false);
        pools.scale("jobs", 3, "");
        pools.rollout("jobs", new RolloutOrder.Restart());

        // when
        pools.reload();

        // then
        assertThat(now("web").spec().replicas()).isEqualTo(1);
        assertThat(now("web").spec().template().command()).containsExactly("sleep", "1000");
        assertThat(now("jobs").spec().replicas()).isEqualTo(1);
        assertThat(pools.written("web")).contains(read(directory).get(1));
    }

    @Test
    void anUndoHoldsWhileOtherPoolsAreChanged() {
        // given
        pools.apply(pools(pool("web", "replicas: 1", "2000")), false);
        var undone = pools.rollout("web", new RolloutOrder.Undo(OptionalInt.empty()));

        // when
        pools.apply(pools(pool("jobs", "replicas: 2", "1000")), false);

        // then
        assertThat(undone).containsInstanceOf(RolloutOutcome.Accepted.class);
        assertThat(now("web").spec().template().command()).containsExactly("sleep", "1000");
        assertThat(now("web").revision()).isEqualTo(3);
        assertThat(pools.rollout("nobody", new RolloutOrder.Pause())).isEmpty();
    }

    @Test
    void onlyAPoolThatIsThereIsDeleted() {
        assertThat(pools.delete("nobody")).isEqualTo(new ChangeAnswer.NoSuchPool("nobody"));
    }

    @Test
    void aMasterThatStopsTakesNoWishes() {
        // when
        stopping.set(true);

        // then
        assertThat(pools.apply(pools(pool("web", "replicas: 2", "1")), false)).isEqualTo(new ChangeAnswer.NotRunning());
        assertThat(pools.scale("web", 2, "")).isEqualTo(new ChangeAnswer.NotRunning());
        assertThat(pools.delete("web")).isEqualTo(new ChangeAnswer.NotRunning());
        assertThat(now("web").generation()).isEqualTo(1);
    }
}
