package dev.drover.poolfile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/// Tells by its attributes whether a file is another than before.
final class FileStamp {
    private FileStamp() {}

    /// Path, identity, size and time of the last change of a regular file; of anything else, and of none, only
    /// so much.
    static String of(Path file) {
        try {
            var attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? file + " " + attributes.fileKey() + " " + attributes.size() + " "
                            + attributes.lastModifiedTime().toInstant()
                    : file + " no regular file";
        } catch (IOException _) {
            return file + " cannot be seen";
        }
    }
}
