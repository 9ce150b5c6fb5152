package dev.drover.handoff;

import dev.drover.posix.Fd;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;

/// A socket that one process gives to another.
///
/// Sending duplicates: the descriptor of a handle that is sent stays its owner's. The descriptor of one that was
/// received belongs to whoever received it.
///
/// @param kind what it is
/// @param socketName the pool's name of the socket, `http`
/// @param address the local address: an [InetSocketAddress] with a resolved address or a [UnixDomainSocketAddress],
///     empty only for a connection
/// @param backlog what a worker uses where it must call `listen()` again; 0: it need not
/// @param descriptor the socket
public record Handle(HandleKind kind, String socketName, SocketAddress address, int backlog, Fd descriptor) {

    public Handle {
        check(kind, socketName, address, backlog);
    }

    /// @throws IllegalArgumentException for what no handle may say
    static void check(HandleKind kind, String socketName, SocketAddress address, int backlog) {
        if (!isName(socketName)) {
            throw unusable("socket name '" + socketName + "': 1 to " + HandoffLimits.MAX_NAME_BYTES + " bytes");
        }
        if (!isAddress(kind, address)) {
            throw unusable("address " + address + " of " + kind + ": IP address or path wanted");
        }
        if (backlog < 0) {
            throw unusable("backlog " + backlog + ": 0 or more");
        }
    }

    private static boolean isName(String name) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        return bytes > 0 && bytes <= HandoffLimits.MAX_NAME_BYTES;
    }

    private static boolean isAddress(HandleKind kind, SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet -> !inet.isUnresolved();
            case UnixDomainSocketAddress unix -> {
                int bytes = unix.getPath().toString().getBytes(StandardCharsets.UTF_8).length;
                yield bytes <= HandoffLimits.MAX_ADDRESS_BYTES && (bytes > 0 || kind == HandleKind.CONNECTION);
            }
            default -> false;
        };
    }

    private static IllegalArgumentException unusable(String problem) {
        return new IllegalArgumentException("cannot use handle with " + problem);
    }
}
