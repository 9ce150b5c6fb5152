package dev.drover.master;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/// What lies in `control/` of the run directory: the socket, the token, the address. The supervisor makes the
/// directory, empty and for this user alone, holds its lock, and removes it at the end.
final class ControlFiles {
    /// `sun_path` less its terminator (unix(7)).
    private static final int LONGEST_SOCKET_PATH = 107;

    private static final int TOKEN_BYTES = 32;

    private final Path runDirectory;
    private final String token;

    private ControlFiles(Path runDirectory, String token) {
        this.runDirectory = runDirectory;
        this.token = token;
    }

    /// Writes a new token, readable only by its user.
    static ControlFiles prepare(Path runDirectory) {
        var files = new ControlFiles(runDirectory, newToken());
        files.checkSocketPath();
        files.write("token", files.token);
        return files;
    }

    /// The run directory.
    Path runDirectory() {
        return runDirectory;
    }

    /// Where the control API listens for this user.
    Path socket() {
        return file("control.sock");
    }

    /// What allows everything on the control address.
    String token() {
        return token;
    }

    /// Tells clients where the control address is; with port 0 nobody could know it otherwise.
    void writeAddress(ListenAddress address) {
        write("address", address.toString());
    }

    private Path file(String name) {
        return runDirectory.resolve("control").resolve(name);
    }

    private void write(String name, String line) {
        try {
            var onlyUser = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
            Files.writeString(Files.createFile(file(name), onlyUser), line + "\n");
        } catch (IOException e) {
            throw new MasterException("cannot write " + file(name) + ": " + e, e);
        }
    }

    private void checkSocketPath() {
        int length = socket().toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_SOCKET_PATH) {
            throw new MasterException("cannot use run directory " + runDirectory + ": the path of control.sock has "
                    + length + " bytes, allowed are " + LONGEST_SOCKET_PATH + "; choose a shorter DROVER_RUN_DIR");
        }
    }

    private static String newToken() {
        var bytes = new byte[TOKEN_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
