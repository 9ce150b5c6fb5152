package dev.drover.supervisor.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;

/// What the kernel tells of sockets in `/proc/net`.
final class ProcNet {
    /// Protects the loop: some 100 000 connections of the whole network namespace.
    private static final int MAX_CHARS = 16 * 1024 * 1024;

    private static final int BUFFER = 64 * 1024;
    private static final List<Path> TCP = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
    private static final Path UNIX = Path.of("/proc/net/unix");
    private static final String SYN_RECV = "03";
    private static final String CONNECTING = "02";
    private static final int PORT_DIGITS = 4;
    private static final int UNIX_STATE = 5;
    private static final int UNIX_PATH = 7;

    private ProcNet() {}

    /// Whether a handshake with this local port is under way; true when there is too much to read.
    static boolean hasHandshake(int port) {
        var wanted = String.format("%04X", port);
        return TCP.stream().anyMatch(file -> count(file, line -> isHandshake(line, wanted)) > 0);
    }

    /// `   0: 0100007F:1F90 0100007F:CAFE 03 ...`, longer addresses for IPv6.
    static boolean isHandshake(String line, String port) {
        int colon = line.indexOf(':', line.indexOf(':') + 1);
        int end = colon + 1 + PORT_DIGITS;
        if (colon < 0 || !line.startsWith(port, colon + 1)) {
            return false;
        }
        int state = line.indexOf(' ', end + 1) + 1;
        return state > 0 && line.startsWith(SYN_RECV, state);
    }

    /// Connections that wait to be accepted by listeners bound to this path: they bear its name, and have no owner.
    static int unixQueued(String path) {
        return count(UNIX, line -> {
            // Num RefCount Protocol Flags Type St Inode Path
            var fields = line.strip().split("\\s+", UNIX_PATH + 1);
            return fields.length > UNIX_PATH && fields[UNIX_STATE].equals(CONNECTING) && fields[UNIX_PATH].equals(path);
        });
    }

    /// A file that is not there (no IPv6) holds nothing.
    private static int count(Path file, Predicate<String> wanted) {
        int found = 0;
        long read = 0;
        try (var input =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8), BUFFER)) {
            for (var line = input.readLine(); line != null; line = input.readLine()) {
                read += line.length();
                if (wanted.test(line)) {
                    found++;
                }
                if (read > MAX_CHARS) {
                    return Math.max(found, 1);
                }
            }
        } catch (IOException _) {
            return found;
        }
        return found;
    }
}
