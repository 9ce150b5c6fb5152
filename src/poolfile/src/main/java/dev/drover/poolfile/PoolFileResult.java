package dev.drover.poolfile;

import dev.drover.protocol.pool.v1.WorkerPool;
import java.nio.file.Path;
import java.util.List;

/// What was read from pool files: use the pools only when there are no problems.
///
/// @param files every file that was read, in the order of reading
/// @param found every pool without a problem of its own, in the order of reading
/// @param problems everything that is wrong, by file and line, nothing twice
public record PoolFileResult(List<Path> files, List<Found> found, List<Problem> problems) {

    /// A pool and where it stands.
    ///
    /// @param file the file
    /// @param line the first line of the document
    /// @param pool as written; [Defaults] fills in the rest
    public record Found(Path file, int line, WorkerPool pool) {}

    public PoolFileResult {
        files = List.copyOf(files);
        found = List.copyOf(found);
        problems = List.copyOf(problems);
    }

    /// The pools as they are written, in the order of reading.
    public List<WorkerPool> pools() {
        return found.stream().map(Found::pool).toList();
    }
}
