package dev.drover.posix;

import java.lang.foreign.MemorySegment;

/// Mirror of `<sys/socket.h>`. Results are those of C, errors `-errno`.
final class SysSocket {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_SEQPACKET = 5;
    static final int SOCK_NONBLOCK = SysIo.O_NONBLOCK;
    static final int SOCK_CLOEXEC = SysIo.O_CLOEXEC;

    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_TYPE = 3;
    static final int SO_REUSEPORT = 15;
    static final int SO_PEERCRED = 17;
    static final int SO_RCVTIMEO = 20;
    static final int SO_SNDTIMEO = 21;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_DETACH_FILTER = 27;
    static final int SO_BINDTOIFINDEX = 62;
    static final int SO_DOMAIN = 39;
    static final int SO_ATTACH_REUSEPORT_CBPF = 51;
    static final int IPPROTO_TCP = 6;
    static final int TCP_INFO = 11;
    static final int TCP_LISTEN = 10;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_V6ONLY = 26;

    static final int SCM_RIGHTS = 1;
    static final int MSG_CTRUNC = 0x8;
    static final int MSG_TRUNC = 0x20;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int SHUT_RDWR = 2;

    private static final MemorySegment SOCKET = SysCall.symbol("socket");
    private static final MemorySegment SOCKETPAIR = SysCall.symbol("socketpair");
    private static final MemorySegment BIND = SysCall.symbol("bind");
    private static final MemorySegment CONNECT = SysCall.symbol("connect");
    private static final MemorySegment LISTEN = SysCall.symbol("listen");
    private static final MemorySegment ACCEPT4 = SysCall.symbol("accept4");
    private static final MemorySegment SHUTDOWN = SysCall.symbol("shutdown");
    private static final MemorySegment SENDMSG = SysCall.symbol("sendmsg");
    private static final MemorySegment RECVMSG = SysCall.symbol("recvmsg");
    private static final MemorySegment GETSOCKNAME = SysCall.symbol("getsockname");
    private static final MemorySegment GETPEERNAME = SysCall.symbol("getpeername");
    private static final MemorySegment SETSOCKOPT = SysCall.symbol("setsockopt");
    private static final MemorySegment GETSOCKOPT = SysCall.symbol("getsockopt");

    private SysSocket() {}

    /// [socket(2)](https://man7.org/linux/man-pages/man2/socket.2.html). Errors: EAFNOSUPPORT EMFILE ENFILE
    /// ENOBUFS.
    static int socket(int domain, int type, int protocol) {
        return SysCall.call(SOCKET, domain, type, protocol, 0, 0, 0);
    }

    /// [socketpair(2)](https://man7.org/linux/man-pages/man2/socketpair.2.html). Errors: EMFILE ENFILE.
    static int socketpair(int domain, int type, int protocol, MemorySegment pair) {
        return SysCall.call(SOCKETPAIR, domain, type, protocol, pair.address(), 0, 0);
    }

    /// [bind(2)](https://man7.org/linux/man-pages/man2/bind.2.html).
    /// Errors: EACCES EADDRINUSE EADDRNOTAVAIL EINVAL ENOENT ENOTDIR EROFS.
    static int bind(int fd, MemorySegment address, int length) {
        return SysCall.call(BIND, fd, address.address(), length, 0, 0, 0);
    }

    /// [connect(2)](https://man7.org/linux/man-pages/man2/connect.2.html); here for Unix sockets only, where a call
    /// that was interrupted can simply be repeated. Errors: EACCES EAGAIN ECONNREFUSED ENOENT EPROTOTYPE.
    static int connect(int fd, MemorySegment address, int length) {
        return SysCall.call(CONNECT, fd, address.address(), length, 0, 0, 0);
    }

    /// [listen(2)](https://man7.org/linux/man-pages/man2/listen.2.html). Errors: EADDRINUSE EOPNOTSUPP.
    static int listen(int fd, int backlog) {
        return SysCall.call(LISTEN, fd, backlog, 0, 0, 0, 0);
    }

    /// [accept4(2)](https://man7.org/linux/man-pages/man2/accept4.2.html).
    /// Errors: EAGAIN ECONNABORTED EINVAL EMFILE ENFILE EPERM, and pending network errors of the new connection.
    static int accept4(int fd, MemorySegment address, MemorySegment length, int flags) {
        return SysCall.call(ACCEPT4, fd, address.address(), length.address(), flags, 0, 0);
    }

    /// [shutdown(2)](https://man7.org/linux/man-pages/man2/shutdown.2.html). Errors: ENOTCONN.
    static int shutdown(int fd, int how) {
        return SysCall.call(SHUTDOWN, fd, how, 0, 0, 0, 0);
    }

    /// [sendmsg(2)](https://man7.org/linux/man-pages/man2/sendmsg.2.html).
    /// Errors: EAGAIN EBADF ECONNRESET EMSGSIZE ENOTCONN EPIPE ETOOMANYREFS.
    static int sendmsg(MemorySegment state, int fd, MemorySegment header, int flags) {
        return SysCall.call(state, SENDMSG, fd, header.address(), flags, 0, 0, 0);
    }

    /// [recvmsg(2)](https://man7.org/linux/man-pages/man2/recvmsg.2.html). Errors: EAGAIN ECONNRESET ENOTCONN.
    static int recvmsg(MemorySegment state, int fd, MemorySegment header, int flags) {
        return SysCall.call(state, RECVMSG, fd, header.address(), flags, 0, 0, 0);
    }

    /// [getsockname(2)](https://man7.org/linux/man-pages/man2/getsockname.2.html). Errors: EBADF ENOTSOCK.
    static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return SysCall.call(GETSOCKNAME, fd, address.address(), length.address(), 0, 0, 0);
    }

    /// [getpeername(2)](https://man7.org/linux/man-pages/man2/getpeername.2.html). Errors: EBADF ENOTCONN ENOTSOCK.
    static int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return SysCall.call(GETPEERNAME, fd, address.address(), length.address(), 0, 0, 0);
    }

    /// [setsockopt(2)](https://man7.org/linux/man-pages/man2/setsockopt.2.html). Errors: EINVAL ENOPROTOOPT ENOMEM
    /// EPERM.
    static int setsockopt(int fd, int level, int option, MemorySegment value) {
        return SysCall.call(SETSOCKOPT, fd, level, option, value.address(), value.byteSize(), 0);
    }

    /// [getsockopt(2)](https://man7.org/linux/man-pages/man2/getsockopt.2.html). Errors: ENOPROTOOPT EOPNOTSUPP.
    static int getsockopt(int fd, int level, int option, MemorySegment value, MemorySegment length) {
        return SysCall.call(GETSOCKOPT, fd, level, option, value.address(), length.address(), 0);
    }
}
