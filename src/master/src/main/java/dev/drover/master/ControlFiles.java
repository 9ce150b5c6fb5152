package dev.drover.master;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// What lies in `control/` of the run directory: the socket, the token, the address. Made under the directory's lock,
/// so what lies there before is a killed master's.
final class ControlFiles implements AutoCloseable {
    /// `sun_path` less its terminator (unix(7)).
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final int TOKEN_BYTES = 32;

    private final Path runDirectory;
    private final Path directory;
    private final String token;

    private ControlFiles(Path runDirectory, String token) {
        this.runDirectory = runDirectory;
        this.directory = runDirectory.resolve("control");
        this.token = token;
    }

    /// Clears the directory and writes a new token, readable only by its user.
    static ControlFiles prepare(Path runDirectory) {
        var files = new ControlFiles(runDirectory, newToken());
        try {
            files.checkSocketPath();
            files.makeDirectory();
            files.close();
            Files.createFile(
                    files.tokenFile(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(files.tokenFile(), files.token + "\n");
            return files;
        } catch (IOException e) {
            throw new MasterException("cannot prepare " + files.directory + ": " + e, e);
        }
    }

    /// The run directory.
    Path runDirectory() {
        return runDirectory;
    }

    /// Where the control API listens for this user.
    Path socket() {
        return directory.resolve("control.sock");
    }

    /// What allows everything on the control address.
    String token() {
        return token;
    }

    /// Tells clients where the control address is; with port 0 nobody could know it otherwise.
    void writeAddress(ListenAddress address) {
        try {
            Files.writeString(addressFile(), address + "\n");
        } catch (IOException e) {
            throw new MasterException("cannot write " + addressFile() + ": " + e, e);
        }
    }

    /// Removes all three.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(addressFile());
            Files.deleteIfExists(tokenFile());
            Files.deleteIfExists(socket());
        } catch (IOException e) {
            throw new MasterException("cannot clean " + directory + ": " + e, e);
        }
    }

    private void checkSocketPath() throws IOException {
        if (socket().toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_SOCKET_PATH) {
            throw new IOException("the path of control.sock is longer than " + LONGEST_SOCKET_PATH
                    + " bytes; choose a shorter DROVER_RUN_DIR");
        }
    }

    private void makeDirectory() throws IOException {
        var onlyUser = PosixFilePermissions.fromString("rwx------");
        Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(onlyUser));
        Files.setPosixFilePermissions(directory, onlyUser);
    }

    private Path tokenFile() {
        return directory.resolve("token");
    }

    private Path addressFile() {
        return directory.resolve("address");
    }

    private static String newToken() {
        var bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
