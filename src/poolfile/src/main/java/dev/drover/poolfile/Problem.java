package dev.drover.poolfile;

import java.nio.file.Path;
import java.util.Comparator;

/// One thing that is wrong in a pool file.
///
/// @param file the file as it was named, `-` for the standard input
/// @param line from 1; 1 where the file as a whole is meant
/// @param path the field, `spec.sockets[0].port`; empty where the document or the file is meant
/// @param message what is wrong and what is allowed, one line
public record Problem(Path file, int line, String path, String message) {

    static final Comparator<Problem> ORDER = Comparator.comparing(Problem::file)
            .thenComparingInt(Problem::line)
            .thenComparing(Problem::path)
            .thenComparing(Problem::message);

    /// `FILE:LINE: PATH: MESSAGE`, as it is shown to people.
    @Override
    public String toString() {
        return file + ":" + line + ": " + (path.isEmpty() ? "" : path + ": ") + message;
    }
}
