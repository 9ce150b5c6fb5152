package dev.drover.posix;

import static dev.drover.posix.SysLayouts.SOCKADDR_IN;
import static dev.drover.posix.SysLayouts.SOCKADDR_IN6;
import static dev.drover.posix.SysLayouts.SOCKADDR_UN;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Java's socket addresses as `sockaddr` and back.
final class SocketAddresses {
    /// `sun_path` has 108 bytes, the last is the terminator.
    static final int PATH_LIMIT = 107;

    private static final ValueLayout.OfShort PORT = JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long FAMILY = 0;
    private static final long IN_PORT = SysLayouts.offset(SOCKADDR_IN, "sin_port");
    private static final long IN_ADDRESS = SysLayouts.offset(SOCKADDR_IN, "sin_addr");
    private static final long IN6_PORT = SysLayouts.offset(SOCKADDR_IN6, "sin6_port");
    private static final long IN6_ADDRESS = SysLayouts.offset(SOCKADDR_IN6, "sin6_addr");
    private static final long IN6_SCOPE = SysLayouts.offset(SOCKADDR_IN6, "sin6_scope_id");
    private static final long UN_PATH = SysLayouts.offset(SOCKADDR_UN, "sun_path");

    private SocketAddresses() {}

    @FunctionalInterface
    interface Query {
        int ask(MemorySegment address, MemorySegment length);
    }

    /// A segment exactly as long as the address.
    static MemorySegment encode(Arena arena, SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress unix ->
                encodePath(arena, unix.getPath().toString());
            case InetSocketAddress inet
            when inet.getAddress() == null ->
                throw new IllegalArgumentException("cannot use address " + inet + ": the host name was not resolved");
            case InetSocketAddress inet
            when inet.getAddress() instanceof Inet6Address v6 -> encode6(arena, v6, inet.getPort());
            case InetSocketAddress inet -> encode4(arena, inet.getAddress(), inet.getPort());
            default -> throw new IllegalArgumentException("cannot use address " + address + ": unknown family");
        };
    }

    private static MemorySegment encodePath(Arena arena, String path) {
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > PATH_LIMIT) {
            throw new IllegalArgumentException("cannot use socket path " + path + ": it has " + bytes.length
                    + " bytes, the kernel takes 1 to " + PATH_LIMIT);
        }
        var segment = arena.allocate(UN_PATH + bytes.length + 1, Short.BYTES);
        segment.set(JAVA_SHORT, FAMILY, (short) SysSocket.AF_UNIX);
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, UN_PATH, bytes.length);
        return segment;
    }

    private static MemorySegment encode4(Arena arena, InetAddress address, int port) {
        var segment = arena.allocate(SOCKADDR_IN);
        segment.set(JAVA_SHORT, FAMILY, (short) SysSocket.AF_INET);
        segment.set(PORT, IN_PORT, (short) port);
        var bytes = address.getAddress();
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, IN_ADDRESS, bytes.length);
        return segment;
    }

    private static MemorySegment encode6(Arena arena, Inet6Address address, int port) {
        var segment = arena.allocate(SOCKADDR_IN6);
        segment.set(JAVA_SHORT, FAMILY, (short) SysSocket.AF_INET6);
        segment.set(PORT, IN6_PORT, (short) port);
        var bytes = address.getAddress();
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, IN6_ADDRESS, bytes.length);
        segment.set(JAVA_INT, IN6_SCOPE, address.getScopeId());
        return segment;
    }

    static int domain(SocketAddress address) {
        return switch (address) {
            case UnixDomainSocketAddress _ -> SysSocket.AF_UNIX;
            case InetSocketAddress inet when inet.getAddress() instanceof Inet6Address -> SysSocket.AF_INET6;
            default -> SysSocket.AF_INET;
        };
    }

    /// The address that `getsockname` or `getpeername` tells of a descriptor.
    static SocketAddress ask(Query query, String call, Fd fd) {
        try (var arena = Arena.ofConfined()) {
            var room = newRoom(arena);
            var length = newLength(arena, room);
            PosixException.check(query.ask(room, length), call, "cannot ask the address of " + fd);
            return decode(room, length.get(JAVA_INT, 0));
        }
    }

    /// Room for any address of the three families.
    static MemorySegment newRoom(Arena arena) {
        return arena.allocate(SOCKADDR_UN.byteSize(), Integer.BYTES);
    }

    static MemorySegment newLength(Arena arena, MemorySegment room) {
        return arena.allocateFrom(JAVA_INT, (int) room.byteSize());
    }

    static SocketAddress decode(MemorySegment segment, int length) {
        int family = segment.get(JAVA_SHORT, FAMILY);
        return switch (family) {
            case SysSocket.AF_UNIX -> UnixDomainSocketAddress.of(path(segment, length));
            case SysSocket.AF_INET ->
                new InetSocketAddress(
                        host(segment.asSlice(IN_ADDRESS, 4), 0), Short.toUnsignedInt(segment.get(PORT, IN_PORT)));
            case SysSocket.AF_INET6 ->
                new InetSocketAddress(
                        host(segment.asSlice(IN6_ADDRESS, 16), segment.get(JAVA_INT, IN6_SCOPE)),
                        Short.toUnsignedInt(segment.get(PORT, IN6_PORT)));
            default -> throw new IllegalArgumentException("cannot read an address of family " + family);
        };
    }

    /// Empty for a socket without a name and for an abstract one, which starts with a zero byte.
    private static String path(MemorySegment segment, int length) {
        var bytes = segment.asSlice(UN_PATH, Math.clamp(length - UN_PATH, 0, SOCKADDR_UN.byteSize() - UN_PATH))
                .toArray(JAVA_BYTE);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    private static InetAddress host(MemorySegment bytes, int scope) {
        var address = bytes.toArray(JAVA_BYTE);
        try {
            return scope == 0 ? InetAddress.getByAddress(address) : Inet6Address.getByAddress(null, address, scope);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address of " + address.length + " bytes", impossible);
        }
    }

    static String describe(SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet
            when inet.getAddress() instanceof Inet6Address v6 -> "[" + v6.getHostAddress() + "]:" + inet.getPort();
            case InetSocketAddress inet
            when inet.getAddress() != null -> inet.getAddress().getHostAddress() + ":" + inet.getPort();
            default -> address.toString();
        };
    }
}
