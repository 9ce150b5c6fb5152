package dev.drover.master;

import dev.drover.poolfile.Defaults;
import dev.drover.poolfile.PoolFiles;
import dev.drover.poolfile.Problem;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.nio.file.Path;
import java.util.List;

/// Where the wanted pools come from: the files of the flags, or the default pool.
final class PoolSource {
    private static final Path STANDARD_INPUT = Path.of("-");

    private final List<Path> files;

    /// Written by whoever reads, one at a time; read by the lookout.
    private volatile String stampWhenRead = "";

    PoolSource(List<Path> files) {
        this.files = List.copyOf(files);
    }

    /// Decided once, at the start: a file that comes later into a directory that was empty is not what was started.
    ///
    /// @param defaults in place of no files, unless they are directories without a pool file
    static PoolSource of(List<Path> files, List<Path> defaults) {
        return new PoolSource(files.isEmpty() && !PoolFiles.areEmptyDirectories(defaults) ? defaults : files);
    }

    /// Whether it is the default pool.
    boolean isDefaultPool() {
        return files.isEmpty();
    }

    /// Files and directories; empty: the default pool.
    List<Path> files() {
        return files;
    }

    /// What came of reading.
    sealed interface Reading {
        /// Every pool, validated, defaults filled in.
        record Pools(List<WorkerPool> pools) implements Reading {}

        /// At least one file cannot be used.
        record Broken(List<String> problems) implements Reading {}
    }

    /// Whether reading again brings nothing: the default pool, or standard input.
    boolean isReadOnce() {
        return files.isEmpty() || files.contains(STANDARD_INPUT);
    }

    /// What the files are now, without reading them: see [PoolFiles#stamp].
    String stamp() {
        return isReadOnce() ? "" : PoolFiles.stamp(files);
    }

    /// What the files were just before they were read last: what is written while they are read is a change.
    String stampWhenRead() {
        return stampWhenRead;
    }

    /// Reads every file and tells every problem.
    Reading read() {
        stampWhenRead = stamp();
        if (files.isEmpty()) {
            return defaultPool();
        }
        var result = PoolFiles.read(files);
        return result.problems().isEmpty()
                ? new Reading.Pools(result.pools().stream().map(Defaults::of).toList())
                : new Reading.Broken(
                        result.problems().stream().map(Problem::toString).toList());
    }

    private static Reading defaultPool() {
        var home = System.getProperty("drover.home");
        return home == null
                ? new Reading.Broken(List.of("cannot run the default pool: drover.home is not set; start bin/drover"))
                : new Reading.Pools(
                        List.of(DefaultPool.of(Path.of(System.getProperty("java.home"), "bin/java"), Path.of(home))));
    }
}
