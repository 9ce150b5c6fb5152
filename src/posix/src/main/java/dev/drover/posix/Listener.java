package dev.drover.posix;

import static dev.drover.posix.SysLayouts.TCP_INFO;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/// A stream socket that is bound and, after [#listen], accepts connections. TCP over IPv4 or IPv6, or Unix.
///
/// Non-blocking, which every process that holds a duplicate sees. `close()` closes this descriptor; the socket
/// itself ends with the last duplicate, and then resets what waits in its queue. The path of a Unix listener is not
/// removed. Safe for use by several threads.
public final class Listener implements AutoCloseable {
    private static final long STATE = SysLayouts.offset(TCP_INFO, "tcpi_state");
    /// Of a listener the kernel reports the queue in these two fields (tcp_get_info in net/ipv4/tcp.c).
    private static final long QUEUED = SysLayouts.offset(TCP_INFO, "tcpi_unacked");

    private static final long LIMIT = SysLayouts.offset(TCP_INFO, "tcpi_sacked");

    private final Fd fd;
    private final AddressFamily family;

    private Listener(Fd fd, AddressFamily family) {
        this.fd = fd;
        this.family = family;
    }

    /// Opens and binds a socket; it does not listen yet. Port 0 takes a free one, which [#localAddress] tells.
    ///
    /// The IPv6 wildcard `::` is dual-stack whatever the system's default is.
    ///
    /// @param address an [InetSocketAddress] or a [java.net.UnixDomainSocketAddress]
    /// @param reusePort whether others may bind the same address too. Bind the first socket of a group without it,
    ///     so that an address in use is an error, then call [#enableReusePort]
    /// @throws PosixException EADDRINUSE EACCES EADDRNOTAVAIL and the like
    public static Listener bind(SocketAddress address, boolean reusePort) {
        try (var arena = Arena.ofConfined()) {
            var encoded = SocketAddresses.encode(arena, address);
            var what = "cannot bind " + SocketAddresses.describe(address);
            int domain = SocketAddresses.domain(address);
            int type = SysSocket.SOCK_STREAM | SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC;
            var fd = new Fd(PosixException.check(SysSocket.socket(domain, type, 0), "socket", what));
            try {
                var listener = new Listener(fd, AddressFamily.of(domain));
                listener.setOptions(address, reusePort, what);
                int result = fd.use(n -> SysSocket.bind(n, encoded, (int) encoded.byteSize()));
                PosixException.check(result, "bind", what);
                return listener;
            } catch (Throwable failure) {
                fd.close();
                throw failure;
            }
        }
    }

    private void setOptions(SocketAddress address, boolean reusePort, String what) {
        if (family == AddressFamily.UNIX) {
            return;
        }
        set(SysSocket.SOL_SOCKET, SysSocket.SO_REUSEADDR, 1, what);
        if (isWildcard6(address)) {
            set(SysSocket.IPPROTO_IPV6, SysSocket.IPV6_V6ONLY, 0, what);
        }
        if (reusePort) {
            set(SysSocket.SOL_SOCKET, SysSocket.SO_REUSEPORT, 1, what);
        }
    }

    private static boolean isWildcard6(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet6Address v6
                && v6.isAnyLocalAddress();
    }

    /// Takes ownership of a stream socket that is bound and came from elsewhere, and makes it non-blocking; on
    /// failure the descriptor stays the caller's.
    public static Listener adopt(Fd fd) {
        int domain = SocketOptions.getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_DOMAIN);
        PosixException.check(domain, "getsockopt", "cannot adopt " + fd + " as a listener");
        int type = SocketOptions.getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_TYPE);
        if (type != SysSocket.SOCK_STREAM) {
            throw new IllegalArgumentException("cannot adopt " + fd + " as a listener: it is no stream socket");
        }
        var family = AddressFamily.of(domain);
        fd.setNonBlocking(true);
        return new Listener(fd, family);
    }

    /// Lets further sockets bind the same address. Only those of the same user that say so as well.
    public void enableReusePort() {
        int result = SocketOptions.setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_REUSEPORT, 1);
        check(result, "setsockopt", "cannot share the address of");
    }

    /// Starts to accept, or changes the backlog; the kernel caps it at `net.core.somaxconn`. In a group with
    /// SO_REUSEPORT the order of these calls gives each socket its index.
    public void listen(int backlog) {
        check(fd.use(n -> SysSocket.listen(n, backlog)), "listen", "cannot listen on");
    }

    /// Lets the program choose, for the whole group that shares this address, which of its sockets a new connection
    /// goes to; replacing a program is atomic. An answer out of range falls back to the kernel's hash.
    public void attachSteering(SocketProgram program) {
        check(
                SocketOptions.setProgram(fd, SysSocket.SO_ATTACH_REUSEPORT_CBPF, program),
                "setsockopt",
                "cannot steer the connections of");
    }

    /// Lets the program drop packets of this socket (answer 0) before they are seen; it reads from the TCP header
    /// on.
    public void attachFilter(SocketProgram program) {
        check(
                SocketOptions.setProgram(fd, SysSocket.SO_ATTACH_FILTER, program),
                "setsockopt",
                "cannot filter the packets of");
    }

    /// Lets no further connection come, for good: those who try are refused. Handshakes under way end as they would,
    /// and what waits may be accepted. Unprivileged since Linux 5.7; EPERM where the listener is bound to a device.
    ///
    /// It is bound to a network interface that cannot be: its index is none the kernel gives. A handshake keeps the
    /// interface it began with.
    public void refuseConnections() {
        check(
                SocketOptions.setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_BINDTOIFINDEX, Integer.MAX_VALUE),
                "setsockopt",
                "cannot keep further connections from");
    }

    /// Takes the filter off; without one nothing happens.
    public void detachFilter() {
        int result = SocketOptions.setInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_DETACH_FILTER, 0);
        if (result != -Errno.ENOENT) {
            check(result, "setsockopt", "cannot take the filter off");
        }
    }

    /// The address it is bound to, with the port the kernel chose.
    public SocketAddress localAddress() {
        return SocketAddresses.ask(
                (address, length) -> fd.use(n -> SysSocket.getsockname(n, address, length)), "getsockname", fd);
    }

    /// The state of the accept queue; empty for a Unix listener, of which the kernel does not tell.
    public Optional<ListenQueue> queue() {
        if (family == AddressFamily.UNIX) {
            return Optional.empty();
        }
        try (var arena = Arena.ofConfined()) {
            var info = arena.allocate(TCP_INFO);
            check(
                    SocketOptions.get(fd, SysSocket.IPPROTO_TCP, SysSocket.TCP_INFO, info),
                    "getsockopt",
                    "cannot ask for the queue of");
            boolean listening = info.get(JAVA_BYTE, STATE) == SysSocket.TCP_LISTEN;
            return Optional.of(
                    listening
                            ? new ListenQueue(true, info.get(JAVA_INT, QUEUED), info.get(JAVA_INT, LIMIT))
                            : new ListenQueue(false, 0, 0));
        }
    }

    /// The next connection of the queue, non-blocking; empty when there is none. One that died while it waited is
    /// passed over.
    ///
    /// @throws PosixException EINVAL when it does not listen, or was shut down; EMFILE or ENFILE when there is no
    ///     descriptor left: the connection stays in the queue
    public Optional<Connection> accept() {
        try (var arena = Arena.ofConfined()) {
            var peer = SocketAddresses.newRoom(arena);
            var length = SocketAddresses.newLength(arena, peer);
            int number;
            do {
                length.set(JAVA_INT, 0, (int) peer.byteSize());
                number = fd.use(
                        n -> SysSocket.accept4(n, peer, length, SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC));
            } while (isDeadConnection(-number));
            if (number == -Errno.EAGAIN) {
                return Optional.empty();
            }
            check(number, "accept4", "cannot accept a connection on");
            return Optional.of(new Connection(new Fd(number), SocketAddresses.decode(peer, length.get(JAVA_INT, 0))));
        }
    }

    /// As [#accept], without asking who is at the other end, which [Connection#peerAddress(Fd)] tells.
    public Optional<Fd> acceptDescriptor() {
        int number;
        do {
            number = fd.use(n -> SysSocket.accept4(
                    n, MemorySegment.NULL, MemorySegment.NULL, SysSocket.SOCK_NONBLOCK | SysSocket.SOCK_CLOEXEC));
        } while (isDeadConnection(-number));
        if (number == -Errno.EAGAIN) {
            return Optional.empty();
        }
        check(number, "accept4", "cannot accept a connection on");
        return Optional.of(new Fd(number));
    }

    /// Errors that accept(2) hands over from the connection it took off the queue, not from the listener.
    private static boolean isDeadConnection(int errno) {
        return switch (errno) {
            case Errno.ECONNABORTED,
                    Errno.EPROTO,
                    Errno.ENOPROTOOPT,
                    Errno.ENETDOWN,
                    Errno.ENETUNREACH,
                    Errno.EHOSTDOWN,
                    Errno.EHOSTUNREACH,
                    Errno.ENONET -> true;
            default -> false;
        };
    }

    /// IPv4, IPv6 or Unix.
    public AddressFamily family() {
        return family;
    }

    /// The descriptor, still owned by this listener.
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }

    private void set(int level, int option, int value, String text) {
        PosixException.check(SocketOptions.setInt(fd, level, option, value), "setsockopt", text);
    }

    private void check(int result, String call, String text) {
        PosixException.check(result, call, text, this);
    }

    @Override
    public String toString() {
        return "listener " + (fd.isOpen() ? SocketAddresses.describe(localAddress()) : fd);
    }
}
