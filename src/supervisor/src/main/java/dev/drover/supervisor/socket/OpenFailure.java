package dev.drover.supervisor.socket;

import dev.drover.posix.Errno;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.SocketSpec;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// The wording of [SocketOpenException].
final class OpenFailure {
    private static final Path FIRST_UNPRIVILEGED_PORT = Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    private static final int DEFAULT_FIRST_UNPRIVILEGED_PORT = 1024;

    private OpenFailure() {}

    static SocketOpenException of(SocketSpec spec, PosixException failure) {
        String hint = spec.address() instanceof InetSocketAddress inet
                ? hint(failure.errno(), inet.getPort(), firstUnprivilegedPort())
                : hint(failure.errno());
        return of(spec, reason(failure), hint, failure);
    }

    static SocketOpenException of(SocketSpec spec, IllegalArgumentException failure) {
        return of(spec, String.valueOf(failure.getMessage()), "", failure);
    }

    static SocketOpenException of(SocketSpec spec, String reason, String hint, Throwable cause) {
        return new SocketOpenException(message(spec, reason, hint), cause);
    }

    static String message(SocketSpec spec, String reason, String hint) {
        return "cannot open socket " + describe(spec) + ": " + reason + (hint.isEmpty() ? "" : ": " + hint);
    }

    /// What to look at when a TCP address was refused.
    static String hint(int errno, int port, int firstUnprivilegedPort) {
        return switch (errno) {
            case Errno.EACCES ->
                port < firstUnprivilegedPort
                        ? "ports below " + firstUnprivilegedPort
                                + " need CAP_NET_BIND_SERVICE or net.ipv4.ip_unprivileged_port_start=" + port
                        : "a security policy of this machine forbids it";
            case Errno.EADDRINUSE -> "another process listens there (see: ss -ltnp)";
            case Errno.EADDRNOTAVAIL -> "this machine has no such address (see: ip address)";
            case Errno.EAFNOSUPPORT -> "this machine does not know this address family";
            default -> hint(errno);
        };
    }

    /// What to look at when a path was refused.
    static String hint(int errno, Path directory) {
        return switch (errno) {
            case Errno.ENOENT -> "directory " + directory + " does not exist";
            case Errno.ENOTDIR -> directory + " is no directory";
            case Errno.EACCES, Errno.EPERM -> "directory " + directory + " is not writable for this user";
            case Errno.EROFS -> "directory " + directory + " is on a read-only file system";
            default -> hint(errno);
        };
    }

    private static String hint(int errno) {
        return switch (errno) {
            case Errno.EMFILE, Errno.ENFILE -> "too many open files (see: ulimit -n)";
            default -> "";
        };
    }

    /// `EACCES (Permission denied)`; the end of every [PosixException]'s message.
    static String reason(PosixException failure) {
        var message = String.valueOf(failure.getMessage());
        return message.substring(message.lastIndexOf(Errno.name(failure.errno())));
    }

    private static int firstUnprivilegedPort() {
        // The kernel gives a number under /proc/sys in one read or cut off, and Files.readString begins with one byte.
        try (var in = Files.newInputStream(FIRST_UNPRIVILEGED_PORT)) {
            return Integer.parseInt(new String(in.readNBytes(16), StandardCharsets.US_ASCII).strip());
        } catch (IOException | NumberFormatException _) {
            return DEFAULT_FIRST_UNPRIVILEGED_PORT;
        }
    }

    static String describe(SocketSpec spec) {
        return spec.name() + " on " + describe(spec.address());
    }

    private static String describe(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet
            when inet.getAddress() instanceof Inet6Address v6 -> "[" + compressed(v6) + "]:" + inet.getPort();
            case InetSocketAddress inet
            when inet.getAddress() != null -> inet.getAddress().getHostAddress() + ":" + inet.getPort();
            default -> address.toString();
        };
    }

    private static String compressed(Inet6Address address) {
        if (address.isAnyLocalAddress()) {
            return "::";
        }
        return address.isLoopbackAddress() ? "::1" : address.getHostAddress();
    }
}
