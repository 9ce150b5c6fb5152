package dev.drover.handoff;

import dev.drover.posix.Fd;
import dev.drover.protocol.worker.v1.AddressFamily;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.InvalidPathException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/// [Handle] as it is written in a frame, and back.
final class WireHandles {
    private static final int MAX_PORT = 65_535;

    private WireHandles() {}

    static dev.drover.protocol.worker.v1.Transfer encode(long transferId, List<Handle> handles) {
        var transfer = dev.drover.protocol.worker.v1.Transfer.newBuilder().setTransferId(transferId);
        handles.forEach(handle -> transfer.addHandles(encode(handle)));
        return transfer.build();
    }

    /// A transfer of one connection, all but its id.
    static dev.drover.protocol.worker.v1.Transfer encodeConnection(String socketName, SocketAddress address) {
        Handle.check(HandleKind.CONNECTION, socketName, address, 0);
        return dev.drover.protocol.worker.v1.Transfer.newBuilder()
                .addHandles(encode(HandleKind.CONNECTION, socketName, address, 0))
                .build();
    }

    /// A listener without its descriptor: which one is meant.
    static dev.drover.protocol.worker.v1.Handle encodeListener(String socketName, SocketAddress address) {
        Handle.check(HandleKind.LISTENER, socketName, address, 0);
        return encode(HandleKind.LISTENER, socketName, address, 0);
    }

    private static dev.drover.protocol.worker.v1.Handle encode(Handle handle) {
        return encode(handle.kind(), handle.socketName(), handle.address(), handle.backlog());
    }

    private static dev.drover.protocol.worker.v1.Handle encode(
            HandleKind kind, String socketName, SocketAddress address, int backlog) {
        var wire = dev.drover.protocol.worker.v1.Handle.newBuilder()
                .setKind(
                        switch (kind) {
                            case LISTENER -> dev.drover.protocol.worker.v1.HandleKind.HANDLE_KIND_LISTENER;
                            case CONNECTION -> dev.drover.protocol.worker.v1.HandleKind.HANDLE_KIND_CONNECTION;
                        })
                .setSocketName(socketName)
                .setBacklog(backlog);
        switch (address) {
            case InetSocketAddress inet ->
                wire.setFamily(
                                inet.getAddress() instanceof Inet4Address
                                        ? AddressFamily.ADDRESS_FAMILY_IPV4
                                        : AddressFamily.ADDRESS_FAMILY_IPV6)
                        .setAddress(literal(inet.getAddress()))
                        .setPort(inet.getPort());
            case UnixDomainSocketAddress unix ->
                wire.setFamily(AddressFamily.ADDRESS_FAMILY_UNIX)
                        .setAddress(unix.getPath().toString());
            default -> throw new AssertionError("Handle let through " + address);
        }
        return wire.build();
    }

    /// With the zeros of an IPv6 address left out, as people write it.
    private static String literal(InetAddress address) {
        return address instanceof Inet4Address
                ? address.getHostAddress()
                : address.getHostAddress().replaceFirst("(?:^|:)0(?::0)+(?::|$)", "::");
    }

    /// The handles of a transfer, each with its descriptor; the descriptors stay the caller's when this throws.
    static List<Handle> decode(dev.drover.protocol.worker.v1.Transfer transfer, List<Fd> descriptors)
            throws MalformedFrameException {
        Wire.checkDescriptors(descriptors, transfer.getHandlesCount());
        var handles = new ArrayList<Handle>(descriptors.size());
        for (int i = 0; i < descriptors.size(); i++) {
            handles.add(decode(transfer.getHandles(i), descriptors.get(i)));
        }
        return List.copyOf(handles);
    }

    private static Handle decode(dev.drover.protocol.worker.v1.Handle wire, Fd descriptor)
            throws MalformedFrameException {
        var kind = kind(wire.getKind());
        var name = Wire.name(wire.getSocketName(), "socket name");
        if (wire.getBacklog() < 0) {
            throw new MalformedFrameException("backlog " + Integer.toUnsignedString(wire.getBacklog()) + " of " + name);
        }
        var address = address(wire, kind);
        return new Handle(kind, name, address, wire.getBacklog(), descriptor);
    }

    /// A listener without its descriptor, as its name and its address.
    static <T> T decodeListener(
            dev.drover.protocol.worker.v1.Handle wire, BiFunction<String, SocketAddress, T> listener)
            throws MalformedFrameException {
        if (kind(wire.getKind()) != HandleKind.LISTENER) {
            throw new MalformedFrameException("something else than a listener is wanted back");
        }
        return listener.apply(Wire.name(wire.getSocketName(), "socket name"), address(wire, HandleKind.LISTENER));
    }

    private static HandleKind kind(dev.drover.protocol.worker.v1.HandleKind wire) throws MalformedFrameException {
        return switch (wire) {
            case HANDLE_KIND_LISTENER -> HandleKind.LISTENER;
            case HANDLE_KIND_CONNECTION -> HandleKind.CONNECTION;
            case HANDLE_KIND_UNSPECIFIED, UNRECOGNIZED -> throw new MalformedFrameException("unknown kind of handle");
        };
    }

    private static SocketAddress address(dev.drover.protocol.worker.v1.Handle wire, HandleKind kind)
            throws MalformedFrameException {
        var text = Wire.atMost(wire.getAddress(), "address", HandoffLimits.MAX_ADDRESS_BYTES);
        int port = wire.getPort();
        if (port < 0 || port > MAX_PORT) {
            throw new MalformedFrameException("port " + Integer.toUnsignedString(port));
        }
        return switch (wire.getFamily()) {
            case ADDRESS_FAMILY_IPV4 -> new InetSocketAddress(host(text, Inet4Address.class), port);
            case ADDRESS_FAMILY_IPV6 -> new InetSocketAddress(host(text, Inet6Address.class), port);
            case ADDRESS_FAMILY_UNIX -> path(text, port, kind);
            case ADDRESS_FAMILY_UNSPECIFIED, UNRECOGNIZED ->
                throw new MalformedFrameException("unknown address family");
        };
    }

    private static InetAddress host(String text, Class<? extends InetAddress> family) throws MalformedFrameException {
        try {
            var address = InetAddress.ofLiteral(text);
            if (family.isInstance(address)) {
                return address;
            }
        } catch (IllegalArgumentException _) {
            // Told below.
        }
        throw new MalformedFrameException("address '" + text + "' is no " + family.getSimpleName());
    }

    private static SocketAddress path(String text, int port, HandleKind kind) throws MalformedFrameException {
        if (port != 0) {
            throw new MalformedFrameException("port " + port + " of a Unix socket");
        }
        if (text.isEmpty() && kind == HandleKind.LISTENER) {
            throw new MalformedFrameException("a Unix listener without a path");
        }
        try {
            return UnixDomainSocketAddress.of(text);
        } catch (InvalidPathException invalid) {
            throw new MalformedFrameException("address is no path: " + invalid.getReason());
        }
    }
}
