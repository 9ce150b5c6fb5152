package dev.drover.posix;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/// The C structures that cross the border, with every field and padding, for LP64 Linux.
///
/// Only `epoll_event` differs between the architectures. `LayoutTest` holds all of them against what a C program
/// printed.
final class SysLayouts {
    private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort U16 = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG;
    private static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;

    /// [msghdr](https://man7.org/linux/man-pages/man2/recvmsg.2.html)
    static final StructLayout MSGHDR = MemoryLayout.structLayout(
                    POINTER.withName("msg_name"),
                    I32.withName("msg_namelen"),
                    MemoryLayout.paddingLayout(4),
                    POINTER.withName("msg_iov"),
                    I64.withName("msg_iovlen"),
                    POINTER.withName("msg_control"),
                    I64.withName("msg_controllen"),
                    I32.withName("msg_flags"),
                    MemoryLayout.paddingLayout(4))
            .withName("msghdr");

    static final StructLayout IOVEC = MemoryLayout.structLayout(POINTER.withName("iov_base"), I64.withName("iov_len"))
            .withName("iovec");

    /// [cmsghdr](https://man7.org/linux/man-pages/man3/cmsg.3.html); the data follows at its end.
    static final StructLayout CMSGHDR = MemoryLayout.structLayout(
                    I64.withName("cmsg_len"), I32.withName("cmsg_level"), I32.withName("cmsg_type"))
            .withName("cmsghdr");

    static final StructLayout SOCKADDR_IN = MemoryLayout.structLayout(
                    U16.withName("sin_family"),
                    U16.withName("sin_port"),
                    MemoryLayout.sequenceLayout(4, U8).withName("sin_addr"),
                    MemoryLayout.sequenceLayout(8, U8).withName("sin_zero"))
            .withName("sockaddr_in");

    static final StructLayout SOCKADDR_IN6 = MemoryLayout.structLayout(
                    U16.withName("sin6_family"),
                    U16.withName("sin6_port"),
                    I32.withName("sin6_flowinfo"),
                    MemoryLayout.sequenceLayout(16, U8).withName("sin6_addr"),
                    I32.withName("sin6_scope_id"))
            .withName("sockaddr_in6");

    static final StructLayout SOCKADDR_UN = MemoryLayout.structLayout(
                    U16.withName("sun_family"),
                    MemoryLayout.sequenceLayout(108, U8).withName("sun_path"))
            .withName("sockaddr_un");

    static final StructLayout UCRED = MemoryLayout.structLayout(
                    I32.withName("pid"), I32.withName("uid"), I32.withName("gid"))
            .withName("ucred");

    static final StructLayout TIMEVAL = MemoryLayout.structLayout(I64.withName("tv_sec"), I64.withName("tv_usec"))
            .withName("timeval");

    static final StructLayout SOCK_FILTER = MemoryLayout.structLayout(
                    U16.withName("code"), U8.withName("jt"), U8.withName("jf"), I32.withName("k"))
            .withName("sock_filter");

    static final StructLayout SOCK_FPROG = MemoryLayout.structLayout(
                    U16.withName("len"), MemoryLayout.paddingLayout(6), POINTER.withName("filter"))
            .withName("sock_fprog");

    /// The head of `tcp_info`: what a listener fills. The kernel cuts its answer to the length asked for.
    static final StructLayout TCP_INFO = MemoryLayout.structLayout(
                    U8.withName("tcpi_state"),
                    MemoryLayout.sequenceLayout(7, U8).withName("other_bytes"),
                    I32.withName("tcpi_rto"),
                    I32.withName("tcpi_ato"),
                    I32.withName("tcpi_snd_mss"),
                    I32.withName("tcpi_rcv_mss"),
                    I32.withName("tcpi_unacked"),
                    I32.withName("tcpi_sacked"))
            .withName("tcp_info");

    /// The part of `siginfo_t` that `waitid` fills; the whole has 128 bytes.
    static final StructLayout SIGINFO = MemoryLayout.structLayout(
                    I32.withName("si_signo"),
                    I32.withName("si_errno"),
                    I32.withName("si_code"),
                    MemoryLayout.paddingLayout(4),
                    I32.withName("si_pid"),
                    I32.withName("si_uid"),
                    I32.withName("si_status"),
                    MemoryLayout.paddingLayout(100))
            .withName("siginfo_t");

    /// [epoll_event](https://man7.org/linux/man-pages/man3/epoll_event.3type.html): packed on x86-64 only.
    static final StructLayout EPOLL_EVENT = epollEvent(System.getProperty("os.arch"));

    private SysLayouts() {}

    static StructLayout epollEvent(String architecture) {
        var layout = architecture.equals("amd64")
                ? MemoryLayout.structLayout(I32.withName("events"), ValueLayout.JAVA_LONG_UNALIGNED.withName("data"))
                : MemoryLayout.structLayout(
                        I32.withName("events"), MemoryLayout.paddingLayout(4), I64.withName("data"));
        return layout.withName("epoll_event");
    }

    static long offset(StructLayout layout, String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }
}
