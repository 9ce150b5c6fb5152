package dev.drover.supervisor;

import dev.drover.posix.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/// Where a supervisor's sockets live: `control/`, `attach/` and `notify/`, each for this user alone (0700), and the
/// lock that keeps a second supervisor out.
///
/// What a killed supervisor left is removed under the lock. The directory itself may belong to somebody else (a
/// mounted volume); what is below it is ours.
final class RunDirectory implements AutoCloseable {

    private static final List<String> PARTS = List.of("control", "attach", "notify");

    private final Path root;
    private final FileChannel lock;

    private RunDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /// @throws SupervisorException when it cannot be made, or another supervisor has it
    static RunDirectory open(Path root) {
        try {
            Files.createDirectories(
                    root, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            var directory = new RunDirectory(root, lock(root.resolve("lock")));
            try {
                for (var part : PARTS) {
                    directory.prepare(part);
                }
                return directory;
            } catch (IOException | RuntimeException failure) {
                directory.lock.close();
                throw failure;
            }
        } catch (IOException failure) {
            throw new SupervisorException("cannot use run directory " + root + ": " + describe(failure), failure);
        }
    }

    private static String describe(IOException failure) {
        return failure.getClass().getSimpleName() + ": " + failure.getMessage();
    }

    private static FileChannel lock(Path file) throws IOException {
        var channel = FileChannel.open(
                file,
                java.util.Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            if (channel.tryLock() == null) {
                throw inUse(file, channel);
            }
        } catch (OverlappingFileLockException own) {
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
            return new SupervisorException(
                    List.of("cannot use run directory " + file.getParent() + ": another Drover (pid " + pid
                            + ") uses it; stop it, or set DROVER_RUN_DIR to another directory"));
        }
    }

    /// Makes one of our directories, or takes over and empties what a killed supervisor of the same user left.
    private void prepare(String part) throws IOException {
        var directory = root.resolve(part);
        var ours = PosixFilePermissions.fromString("rwx------");
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(ours));
            return;
        }
        int owner = (Integer) Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS) || owner != Processes.userId()) {
            throw new SupervisorException(List.of("cannot use run directory " + root + ": " + directory
                    + " is not a directory of user " + Processes.userId() + "; remove it, or set DROVER_RUN_DIR"));
        }
        Files.setPosixFilePermissions(directory, ours);
        empty(directory);
    }

    private static void empty(Path directory) throws IOException {
        try (var files = Files.newDirectoryStream(directory)) {
            for (var file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    Path root() {
        return root;
    }

    Path handles() {
        return root.resolve("attach").resolve("handles.sock");
    }

    Path notify(Incarnation incarnation) {
        return root.resolve("notify").resolve(incarnation + ".sock");
    }

    /// Removes what is ours and gives the lock back. Its file stays: a master that has it open would otherwise lock
    /// one file while the next makes and locks another.
    @Override
    public void close() {
        try (lock) {
            for (var part : PARTS) {
                remove(root.resolve(part));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void remove(Path directory) throws IOException {
        try {
            empty(directory);
            Files.deleteIfExists(directory);
        } catch (NoSuchFileException gone) {
            // Somebody cleaned up before us: what we want is there.
        }
    }
}
