package dev.drover.poolfile;

import dev.drover.protocol.pool.v1.WorkerPool;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// One document of a file: the pool as far as it could be read, and where its fields stand.
///
/// @param file where it stands; the field of a message that holds it
/// @param line its first line; 0 for one that comes from no file
/// @param endLine its last line
/// @param pool what could be read; an element that could not is there, empty, so that indices stay
/// @param lines the line of every field that is written
/// @param unreadable fields about which a problem is told already: rules say nothing of them or what is in them
record Document(Path file, int line, int endLine, WorkerPool pool, Map<String, Integer> lines, Set<String> unreadable) {

    /// One that comes from no file.
    static Document of(String field, WorkerPool pool) {
        return new Document(Path.of(field), 0, 0, pool, Map.of(), Set.of());
    }

    /// Where a field stands: `FILE:LINE`.
    String where(String path) {
        return line == 0 ? file.toString() : file + ":" + lineOf(path);
    }

    /// What the pool breaks by itself.
    List<Problem> problems() {
        return Stream.concat(ProtoRules.check(pool).stream(), PoolRules.check(pool).stream())
                .filter(violation -> isReadable(violation.path()) && hasReadableFields(violation.path()))
                .map(violation -> problem(violation.path(), violation.message()))
                .toList();
    }

    Problem problem(String path, String message) {
        return new Problem(file, lineOf(path), path, message);
    }

    /// The line of a field; of the closest field around it where it is not written.
    int lineOf(String path) {
        for (String field = path; !field.isEmpty(); field = parent(field)) {
            Integer known = lines.get(field);
            if (known != null) {
                return known;
            }
        }
        return line;
    }

    boolean isReadable(String path) {
        for (String field = path; !field.isEmpty(); field = parent(field)) {
            if (unreadable.contains(field)) {
                return false;
            }
        }
        return !unreadable.contains("");
    }

    /// What is said of several fields together holds only where all of them could be read.
    private boolean hasReadableFields(String path) {
        return unreadable.stream().noneMatch(field -> field.startsWith(path + "."));
    }

    boolean holds(Problem problem) {
        return problem.file().equals(file) && line <= problem.line() && problem.line() <= endLine;
    }

    PoolFileResult.Found found() {
        return new PoolFileResult.Found(file, line, pool);
    }

    private static String parent(String path) {
        return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
    }
}
