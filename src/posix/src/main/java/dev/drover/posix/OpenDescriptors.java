package dev.drover.posix;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The numbers of the descriptors this process has open, by `/proc/self/fd`.
final class OpenDescriptors {
    private OpenDescriptors() {}

    /// Includes the number through which the list was read, closed by now.
    static List<Integer> numbers() {
        try (var entries = Files.list(Path.of("/proc/self/fd"))) {
            return entries.map(entry -> Integer.valueOf(entry.getFileName().toString()))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException("cannot list the open descriptors", failure);
        }
    }
}
