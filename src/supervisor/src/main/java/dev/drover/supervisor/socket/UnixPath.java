package dev.drover.supervisor.socket;

import dev.drover.posix.Errno;
import dev.drover.posix.Listener;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.SocketSpec;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Optional;

/// The path of a Unix socket: who sits there, and whether it is still ours.
///
/// @param path as bound
/// @param inode device and inode of our socket; not used again while its listener is open
record UnixPath(Path path, Object inode) {
    private static final int S_IFMT = 0xf000;
    private static final int S_IFSOCK = 0xc000;

    /// Binds, in the place of a socket that nobody answers on if need be.
    ///
    /// @throws SocketOpenException naming what is in the way
    static Listener bind(SocketSpec spec) {
        var path = ((UnixDomainSocketAddress) spec.address()).getPath();
        try {
            try {
                return Listener.bind(spec.address(), false);
            } catch (PosixException failure) {
                if (failure.errno() != Errno.EADDRINUSE) {
                    throw refused(spec, path, failure);
                }
                makeRoom(spec, path, failure);
                return Listener.bind(spec.address(), false);
            }
        } catch (PosixException failure) {
            throw OpenFailure.of(spec, failure);
        } catch (IllegalArgumentException failure) {
            throw OpenFailure.of(spec, failure);
        }
    }

    /// The socket that was just bound there.
    static UnixPath of(Path path) {
        return new UnixPath(path, inode(path).orElseGet(Object::new));
    }

    private static void makeRoom(SocketSpec spec, Path path, PosixException failure) {
        if (!isSocket(path)) {
            throw OpenFailure.of(spec, OpenFailure.reason(failure), "there is a file that is no socket", failure);
        }
        if (isAnswered(path)) {
            throw OpenFailure.of(
                    spec, OpenFailure.reason(failure), "another process listens there (see: ss -lxp)", failure);
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException stuck) {
            throw OpenFailure.of(spec, OpenFailure.reason(failure), "cannot remove the stale socket: " + stuck, stuck);
        }
    }

    private static boolean isSocket(Path path) {
        try {
            int mode = (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            return (mode & S_IFMT) == S_IFSOCK;
        } catch (IOException _) {
            // Gone meanwhile: the second bind will tell.
            return true;
        }
    }

    /// Anything but a refusal comes from somebody alive: a full backlog, another type of socket, one we may not
    /// speak to. The JDK's channel does it without blocking.
    private static boolean isAnswered(Path path) {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            return true;
        } catch (ConnectException _) {
            return false;
        } catch (IOException _) {
            return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static SocketOpenException refused(SocketSpec spec, Path path, PosixException failure) {
        var directory = Objects.requireNonNullElse(path.toAbsolutePath().getParent(), path);
        var hint = OpenFailure.hint(failure.errno(), directory);
        return OpenFailure.of(spec, OpenFailure.reason(failure), hint, failure);
    }

    /// Removes the path, unless somebody has put another file there.
    void remove() {
        if (inode(path).filter(inode::equals).isEmpty()) {
            return;
        }
        try {
            Files.deleteIfExists(path);
        } catch (IOException _) {
            // It stays as a stale socket; the next start removes it.
        }
    }

    private static Optional<Object> inode(Path path) {
        try {
            var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return Optional.ofNullable(attributes.fileKey());
        } catch (IOException _) {
            return Optional.empty();
        }
    }
}
