package dev.drover.handoff;

import dev.drover.posix.PosixException;
import dev.drover.posix.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/// A listening socket and its name in the file system, which goes with it.
final class SocketFile implements AutoCloseable {
    private static final String MODE = "rw-rw----";

    private final Path path;
    private final UnixSocket socket;
    private final Object identity;

    private SocketFile(Path path, UnixSocket socket, Object identity) {
        this.path = path;
        this.socket = socket;
        this.identity = identity;
    }

    /// Replaces a socket that a master which was killed has left; anything else at that path is left alone.
    ///
    /// @throws HandoffException when the path cannot be bound
    static SocketFile listen(Path path, int backlog) {
        try {
            removeStale(path);
            var socket = UnixSocket.listen(path, UnixSocket.Type.SEQPACKET, backlog);
            try {
                socket.setNonBlocking(true);
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(MODE));
                return new SocketFile(path, socket, identity(path));
            } catch (Throwable failure) {
                socket.close();
                throw failure;
            }
        } catch (PosixException failure) {
            throw new HandoffException(Wire.why(failure), failure);
        } catch (IOException failure) {
            throw new HandoffException("cannot listen at " + path + ": " + failure, failure);
        }
    }

    private static void removeStale(Path path) throws IOException {
        try {
            if (!attributes(path).isOther()) {
                throw new HandoffException("cannot listen at " + path + ": something that is no socket is there");
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException _) {
            // The usual case.
        }
    }

    private static BasicFileAttributes attributes(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    /// Device and inode.
    private static Object identity(Path path) throws IOException {
        return Objects.requireNonNull(attributes(path).fileKey(), "a Linux file without an inode");
    }

    UnixSocket socket() {
        return socket;
    }

    /// Removes the name, unless somebody has put another file there.
    @Override
    public void close() {
        try (socket) {
            if (identity(path).equals(identity)) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException _) {
            // Somebody was faster.
        } catch (IOException failure) {
            throw new HandoffException("cannot remove " + path + ": " + failure, failure);
        }
    }
}
