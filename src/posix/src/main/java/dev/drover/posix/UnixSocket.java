package dev.drover.posix;

import static dev.drover.posix.SysLayouts.UCRED;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A Unix domain socket whose messages carry bytes and descriptors together.
///
/// Blocking unless [#setNonBlocking] says otherwise; a blocking call pins its carrier, so it belongs on a platform
/// thread. Thread-safe: one thread may send while another receives, and calls in the same direction queue up. To
/// wake a thread that blocks in one, [#shutdown] first: `close()` alone waits for that call before the descriptor
/// closes.
///
/// The path of a listening or bound socket is not removed by `close()`.
public final class UnixSocket implements AutoCloseable {
    /// The most descriptors one message can carry.
    public static final int MAX_DESCRIPTORS = Transfer.MAX_DESCRIPTORS;

    private final Fd fd;
    private final Type type;
    private final Direction sending = new Direction();
    private final Direction receiving = new Direction();

    private UnixSocket(Fd fd, Type type) {
        this.fd = fd;
        this.type = type;
    }

    /// How a socket delimits what is sent.
    public enum Type {
        /// A stream of bytes; descriptors arrive with the first byte they were sent with.
        STREAM(SysSocket.SOCK_STREAM),
        /// Messages without a connection.
        DATAGRAM(SysSocket.SOCK_DGRAM),
        /// Messages over a connection, each received whole with its descriptors.
        SEQPACKET(SysSocket.SOCK_SEQPACKET);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        private static Type of(int number) {
            for (var type : values()) {
                if (type.number == number) {
                    return type;
                }
            }
            throw new IllegalArgumentException("cannot use a Unix socket of type " + number);
        }
    }

    /// Two sockets connected to each other; `close()` closes both.
    ///
    /// @param first one end
    /// @param second the other
    public record Pair(UnixSocket first, UnixSocket second) implements AutoCloseable {
        @Override
        public void close() {
            try (first) {
                second.close();
            }
        }
    }

    /// Listens at a path that must not exist yet.
    ///
    /// @throws IllegalArgumentException for a path of more than 107 bytes and for datagrams, which do not connect
    public static UnixSocket listen(Path path, Type type, int backlog) {
        if (type == Type.DATAGRAM) {
            throw new IllegalArgumentException("cannot listen for datagrams at " + path + ": bind instead");
        }
        var socket = bound(path, type);
        try {
            int result = socket.fd.use(n -> SysSocket.listen(n, backlog));
            PosixException.check(result, "listen", "cannot listen at " + path);
            return socket;
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    /// Receives datagrams at a path that must not exist yet.
    public static UnixSocket bind(Path path) {
        return bound(path, Type.DATAGRAM);
    }

    private static UnixSocket bound(Path path, Type type) {
        return named(path, type, "bind", "bind", SysSocket::bind);
    }

    /// Connects to the socket that listens, or for datagrams is bound, at the path. Waits while a backlog is full.
    public static UnixSocket connect(Path path, Type type) {
        return named(path, type, "connect", "connect to", SysSocket::connect);
    }

    @FunctionalInterface
    private interface Naming {
        int apply(int fd, MemorySegment address, int length);
    }

    private static UnixSocket named(Path path, Type type, String call, String verb, Naming naming) {
        try (var arena = Arena.ofConfined()) {
            var address = SocketAddresses.encode(arena, UnixDomainSocketAddress.of(path));
            var socket = open(type);
            try {
                int result = socket.fd.use(n -> naming.apply(n, address, (int) address.byteSize()));
                PosixException.check(result, call, "cannot " + verb + " " + path);
                return socket;
            } catch (Throwable failure) {
                socket.close();
                throw failure;
            }
        }
    }

    private static UnixSocket open(Type type) {
        int number = SysSocket.socket(SysSocket.AF_UNIX, type.number | SysSocket.SOCK_CLOEXEC, 0);
        return new UnixSocket(new Fd(PosixException.check(number, "socket", "cannot open a Unix socket")), type);
    }

    /// Two connected sockets without a path.
    public static Pair pair(Type type) {
        try (var arena = Arena.ofConfined()) {
            var pair = arena.allocate(JAVA_INT, 2);
            int result = SysSocket.socketpair(SysSocket.AF_UNIX, type.number | SysSocket.SOCK_CLOEXEC, 0, pair);
            PosixException.check(result, "socketpair", "cannot open a pair of Unix sockets");
            return new Pair(
                    new UnixSocket(new Fd(pair.getAtIndex(JAVA_INT, 0)), type),
                    new UnixSocket(new Fd(pair.getAtIndex(JAVA_INT, 1)), type));
        }
    }

    /// Takes ownership of a Unix socket that came from elsewhere; on failure the descriptor stays the caller's.
    public static UnixSocket adopt(Fd fd) {
        int type = SocketOptions.getInt(fd, SysSocket.SOL_SOCKET, SysSocket.SO_TYPE);
        PosixException.check(type, "getsockopt", "cannot adopt " + fd + " as a Unix socket");
        return new UnixSocket(fd, Type.of(type));
    }

    /// The next connection, a blocking socket; empty when none is there and this socket is non-blocking or its
    /// receive timeout has passed.
    public Optional<UnixSocket> accept() {
        int number = fd.use(n -> SysSocket.accept4(n, MemorySegment.NULL, MemorySegment.NULL, SysSocket.SOCK_CLOEXEC));
        if (number == -Errno.EAGAIN || number == -Errno.ECONNABORTED) {
            return Optional.empty();
        }
        PosixException.check(number, "accept4", "cannot accept a connection on", fd);
        return Optional.of(new UnixSocket(new Fd(number), type));
    }

    /// Sends the payload with the descriptors in one message; the caller keeps its descriptors open until the call
    /// returns, and owns them still after it.
    ///
    /// A stream may take only a part of the payload, with all descriptors: the buffer's position tells, and the
    /// rest is sent with none.
    ///
    /// @return false, with nothing sent, when it would block or the send timeout has passed
    /// @throws IllegalArgumentException for an empty payload, which would look like the end of the stream, or more
    ///     than [#MAX_DESCRIPTORS] descriptors
    /// @throws PosixException EPIPE or ECONNRESET when the peer has closed; EMSGSIZE for a message larger than the
    ///     send buffer; ETOOMANYREFS when too many descriptors are under way
    public boolean send(ByteBuffer payload, List<Fd> descriptors) {
        if (!payload.hasRemaining()) {
            throw new IllegalArgumentException(
                    "cannot send an empty message: it would look like the end of the stream");
        }
        if (descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "cannot send " + descriptors.size() + " descriptors in one message: at most " + MAX_DESCRIPTORS);
        }
        sending.lock.lock();
        try {
            int sent = sending.transfer().send(fd, payload, descriptors);
            if (sent == -Errno.EAGAIN) {
                return false;
            }
            PosixException.check(sent, "sendmsg", "cannot send a message on", fd);
            return true;
        } finally {
            sending.lock.unlock();
        }
    }

    /// Receives one message, or a piece of a stream, into the buffer's remaining space with at most
    /// `maxDescriptors` descriptors, 0 to [#MAX_DESCRIPTORS].
    ///
    /// Both or neither: when the payload was longer than the space, or more descriptors came than allowed, all are
    /// closed and the answer is [Received.Malformed]. A peer that closed without reading what was sent to it is the
    /// same as one that closed: everything it had sent arrives first.
    public Received receive(ByteBuffer into, int maxDescriptors) {
        return receive(into, maxDescriptors, 0);
    }

    /// As [#receive], without waiting although this socket may be blocking: what is there already, or
    /// [Received.WouldBlock].
    public Received receiveArrived(ByteBuffer into, int maxDescriptors) {
        return receive(into, maxDescriptors, SysSocket.MSG_DONTWAIT);
    }

    private Received receive(ByteBuffer into, int maxDescriptors, int flags) {
        if (!into.hasRemaining() || into.isReadOnly()) {
            throw new IllegalArgumentException("cannot receive into a buffer without space or for reading only");
        }
        if (maxDescriptors < 0 || maxDescriptors > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "cannot receive " + maxDescriptors + " descriptors in one message: 0 to " + MAX_DESCRIPTORS);
        }
        receiving.lock.lock();
        try {
            var transfer = receiving.transfer();
            int start = into.position();
            int length = transfer.receive(fd, into, maxDescriptors, flags);
            if (length == -Errno.ECONNRESET) {
                // Reported once and before what is still queued, which may hold acknowledgements: read on.
                length = transfer.receive(fd, into, maxDescriptors, flags);
            }
            if (length == -Errno.EAGAIN) {
                return new Received.WouldBlock();
            }
            PosixException.check(length, "recvmsg", "cannot receive a message on", fd);
            var received = judge(transfer, length, maxDescriptors);
            if (received instanceof Received.Malformed) {
                into.position(start);
            }
            return received;
        } finally {
            receiving.lock.unlock();
        }
    }

    private Received judge(Transfer transfer, int length, int maxDescriptors) {
        var descriptors = transfer.takeDescriptors();
        boolean cut = transfer.flagged(SysSocket.MSG_CTRUNC);
        if (cut && descriptors.size() < maxDescriptors && !transfer.flagged(SysSocket.MSG_TRUNC)) {
            // There was room for more of them in the message, so there was none in the table of this process.
            descriptors.forEach(Fd::close);
            return new Received.Malformed("descriptors were lost: this process has none left", length);
        }
        if (cut || descriptors.size() > maxDescriptors) {
            return malformed(
                    descriptors, "descriptors were cut off: more came than the " + maxDescriptors + " allowed");
        }
        if (transfer.flagged(SysSocket.MSG_TRUNC)) {
            return malformed(
                    descriptors, "the payload was cut off: it is longer than the " + length + " bytes allowed");
        }
        if (length > 0 || type == Type.DATAGRAM) {
            return new Received.Message(length, descriptors);
        }
        return descriptors.isEmpty()
                ? new Received.EndOfStream()
                : malformed(descriptors, "an empty message carried descriptors");
    }

    private static Received malformed(List<Fd> descriptors, String why) {
        descriptors.forEach(Fd::close);
        return new Received.Malformed(why);
    }

    /// The other end, as the kernel recorded it when the connection was made.
    public PeerCredentials peerCredentials() {
        try (var arena = Arena.ofConfined()) {
            var credentials = arena.allocate(UCRED);
            int result = SocketOptions.get(fd, SysSocket.SOL_SOCKET, SysSocket.SO_PEERCRED, credentials);
            PosixException.check(result, "getsockopt", "cannot ask for the peer of", fd);
            return new PeerCredentials(
                    credentials.get(JAVA_INT, SysLayouts.offset(UCRED, "pid")),
                    credentials.get(JAVA_INT, SysLayouts.offset(UCRED, "uid")),
                    credentials.get(JAVA_INT, SysLayouts.offset(UCRED, "gid")));
        }
    }

    /// See [Fd#setNonBlocking]: shared with every holder of a duplicate.
    public void setNonBlocking(boolean nonBlocking) {
        fd.setNonBlocking(nonBlocking);
    }

    /// How long a blocking `receive` or `accept` waits; zero, the default, is without end.
    public void setReceiveTimeout(Duration timeout) {
        setTimeout(SysSocket.SO_RCVTIMEO, timeout);
    }

    /// How long a blocking `send` or `connect` waits; zero, the default, is without end.
    public void setSendTimeout(Duration timeout) {
        setTimeout(SysSocket.SO_SNDTIMEO, timeout);
    }

    private void setTimeout(int option, Duration timeout) {
        PosixException.check(
                SocketOptions.setTimeout(fd, option, timeout), "setsockopt", "cannot set a timeout of " + timeout);
    }

    /// Ends the connection in both directions for every holder of it and wakes whoever blocks on it. Does nothing
    /// when it has ended.
    public void shutdown() {
        Connection.shutdown(fd);
    }

    /// The type it was made with.
    public Type type() {
        return type;
    }

    /// The descriptor, still owned by this socket.
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }

    /// One direction: its memory, made at the first message, and the lock that guards it.
    private static final class Direction {
        private final ReentrantLock lock = new ReentrantLock();
        private Optional<Transfer> transfer = Optional.empty();

        private Transfer transfer() {
            if (transfer.isEmpty()) {
                transfer = Optional.of(new Transfer());
            }
            return transfer.get();
        }
    }
}
