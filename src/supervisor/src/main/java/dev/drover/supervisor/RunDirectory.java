package dev.drover.supervisor;

import dev.drover.posix.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a supervisor's sockets live: `control/`, `attach/` and `notify/`, each for this user alone (0700), and the
/// lock that keeps a second supervisor out.
///
/// What a killed supervisor left is removed under the lock. The directory itself may belong to somebody else (a
/// mounted volume); what is below it is ours.
final class RunDirectory implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);

    private static final List<String> PARTS = List.of("control", "attach", "notify");

    /// Those this process holds. POSIX locks belong to the process, and are lost as soon as it closes any
    /// descriptor of the file: one that is ours already must not even be opened.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /// The longest name of a socket in it, as long as `notify/` and any number of incarnations.
    private static final String LONGEST_NAME = "/notify/0000000000.sock";

    /// `sun_path` of unix(7), less the NUL at its end.
    private static final int MAX_SOCKET_PATH_BYTES = 107;

    private final Path root;
    private final Path held;
    private final FileChannel lock;
    private final boolean temporary;

    private RunDirectory(Path root, Path held, FileChannel lock, boolean temporary) {
        this.root = root;
        this.held = held;
        this.lock = lock;
        this.temporary = temporary;
    }

    /// A new one of nobody else's, which goes with its end.
    static RunDirectory temporary() {
        try {
            var root = Files.createTempDirectory("drover-");
            try {
                return open(root, true);
            } catch (SupervisorException failure) {
                remove(root);
                throw failure;
            }
        } catch (IOException failure) {
            throw new SupervisorException("cannot make a run directory: " + describe(failure), failure);
        }
    }

    /// @throws SupervisorException when it cannot be made, or another supervisor has it
    static RunDirectory open(Path root) {
        return open(root, false);
    }

    private static RunDirectory open(Path root, boolean temporary) {
        int longest = root.toString().getBytes(StandardCharsets.UTF_8).length + LONGEST_NAME.length();
        if (longest > MAX_SOCKET_PATH_BYTES) {
            throw new SupervisorException(List.of("cannot use run directory " + root
                    + ": the paths of its sockets would have " + longest + " bytes, the kernel takes "
                    + MAX_SOCKET_PATH_BYTES + "; set DROVER_RUN_DIR to a shorter one"));
        }
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var held = root.toRealPath();
            if (!HELD.add(held)) {
                throw inUse(root, Long.toString(Processes.currentPid()));
            }
            try {
                return locked(root, held, temporary);
            } catch (IOException | RuntimeException failure) {
                HELD.remove(held);
                throw failure;
            }
        } catch (IOException failure) {
            throw new SupervisorException("cannot use run directory " + root + ": " + describe(failure), failure);
        }
    }

    private static RunDirectory locked(Path root, Path held, boolean temporary) throws IOException {
        var directory = new RunDirectory(root, held, lock(root.resolve("lock")), temporary);
        try {
            Leftovers.kill(root);
            for (var part : PARTS) {
                directory.prepare(part);
            }
            return directory;
        } catch (IOException | RuntimeException failure) {
            directory.lock.close();
            throw failure;
        }
    }

    private static String describe(IOException failure) {
        return switch (failure) {
            case AccessDeniedException denied -> "permission denied: " + denied.getFile();
            case FileAlreadyExistsException taken -> taken.getFile() + " is no directory";
            case FileSystemException other when other.getReason() != null -> other.getReason() + ": " + other.getFile();
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(
                file,
                Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        if (channel.tryLock() == null) {
            throw inUse(file, channel);
        }
        channel.truncate(0);
        channel.write(ByteBuffer.wrap((Processes.currentPid() + "\n").getBytes(StandardCharsets.US_ASCII)), 0);
        return channel;
    }

    private static SupervisorException inUse(Path file, FileChannel channel) throws IOException {
        try (channel) {
            var owner = ByteBuffer.allocate(20);
            channel.read(owner, 0);
            var pid = new String(owner.array(), 0, owner.position(), StandardCharsets.US_ASCII).strip();
            return inUse(file.toAbsolutePath().getParent(), pid);
        }
    }

    private static SupervisorException inUse(@Nullable Path root, String pid) {
        return new SupervisorException(List.of("cannot use run directory " + root + ": another Drover (pid " + pid
                + ") uses it; stop it, or set DROVER_RUN_DIR to another directory"));
    }

    /// Makes one of our directories, or takes over and empties what a killed supervisor of the same user left. An empty
    /// one of another user gives way: an image ships them, and may be run as anybody.
    private void prepare(String part) throws IOException {
        var directory = root.resolve(part);
        var ours = PosixFilePermissions.fromString("rwx------");
        if (belongsToAnother(directory)) {
            removeIfEmpty(directory);
        }
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ours));
            return;
        }
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) || belongsToAnother(directory)) {
            throw new SupervisorException(List.of("cannot use run directory " + root + ": " + directory
                    + " is not a directory of user " + Processes.userId() + "; remove it, or set DROVER_RUN_DIR"));
        }
        Files.setPosixFilePermissions(directory, ours);
        empty(directory);
    }

    private static boolean belongsToAnother(Path directory) throws IOException {
        return Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
                && (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS) != Processes.userId();
    }

    private static void removeIfEmpty(Path directory) {
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(directory);
            }
        } catch (IOException kept) {
            // Not empty, or not ours to remove: it is refused with the way out.
            LOG.debug("Kept in the run directory: {}", kept.getMessage());
        }
    }

    /// Directories that are not empty were not made by us and are in nobody's way.
    private static void empty(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                delete(file);
            }
        }
    }

    private static void delete(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
        } catch (DirectoryNotEmptyException strange) {
            LOG.warn("Left alone in the run directory: {}", strange.getMessage());
        }
    }

    Path root() {
        return root;
    }

    Path handles() {
        return root.resolve("attach").resolve("handles.sock");
    }

    Path session() {
        return root.resolve("attach").resolve("session.sock");
    }

    /// @param number of the incarnation's notify socket, unique; a name would make the path too long
    Path notify(long number) {
        return root.resolve("notify").resolve(number + ".sock");
    }

    /// Removes what is ours and gives the lock back. Its file stays, unless all of it is temporary: a master that has
    /// it open would otherwise lock
    /// one file while the next makes and locks another.
    @Override
    public void close() {
        try (lock) {
            for (var part : PARTS) {
                remove(root.resolve(part));
            }
            if (temporary) {
                remove(root);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } finally {
            HELD.remove(held);
        }
    }

    private static void remove(Path directory) throws IOException {
        try {
            empty(directory);
            delete(directory);
        } catch (NoSuchFileException gone) {
            // Somebody cleaned up before us: what we want is there.
        }
    }
}
