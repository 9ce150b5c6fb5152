package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/// A directory that is deleted with all it holds when it is closed. Its path is short, as a Unix socket's must be.
record ScratchDirectory(Path path) implements AutoCloseable {
    static ScratchDirectory create() throws IOException {
        return new ScratchDirectory(Files.createTempDirectory("drvb"));
    }

    @Override
    public void close() {
        try (var files = Files.walk(path)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException failure) {
            throw new BenchException("cannot remove " + path + ": " + failure);
        }
    }
}
