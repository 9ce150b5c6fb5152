package dev.drover.posix;

import java.net.SocketAddress;
import java.util.Optional;

/// An accepted connection: its descriptor, non-blocking, and who is at the other end.
///
/// `close()` closes this descriptor only; while another holds a duplicate the connection lives on.
public final class Connection implements AutoCloseable {
    private final Fd fd;
    private final SocketAddress peerAddress;

    Connection(Fd fd, SocketAddress peerAddress) {
        this.fd = fd;
        this.peerAddress = peerAddress;
    }

    /// Takes ownership of a connected socket; on failure the descriptor stays the caller's.
    public static Connection adopt(Fd fd) {
        SocketAddresses.Query query = (address, length) -> fd.use(n -> SysSocket.getpeername(n, address, length));
        return new Connection(fd, SocketAddresses.ask(query, "getpeername", fd));
    }

    /// The other end of a connected socket that stays the caller's; empty when that end is gone already.
    public static Optional<SocketAddress> peerAddress(Fd fd) {
        SocketAddresses.Query query = (address, length) -> fd.use(n -> SysSocket.getpeername(n, address, length));
        try {
            return Optional.of(SocketAddresses.ask(query, "getpeername", fd));
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ENOTCONN || failure.errno() == Errno.EINVAL) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /// This end of a connected socket that stays the caller's.
    public static SocketAddress localAddress(Fd fd) {
        return SocketAddresses.ask(
                (address, length) -> fd.use(n -> SysSocket.getsockname(n, address, length)), "getsockname", fd);
    }

    /// Ends a connected socket, which stays the caller's, in both directions and for every holder of a duplicate; wakes
    /// whoever blocks on it. Does nothing when it has ended.
    public static void shutdown(Fd fd) {
        int result = fd.use(n -> SysSocket.shutdown(n, SysSocket.SHUT_RDWR));
        if (result != -Errno.ENOTCONN) {
            PosixException.check(result, "shutdown", "cannot shut down", fd);
        }
    }

    /// The other end; an empty path for a Unix socket without a name.
    public SocketAddress peerAddress() {
        return peerAddress;
    }

    /// This end.
    public SocketAddress localAddress() {
        return localAddress(fd);
    }

    /// The descriptor, still owned by this connection.
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}
