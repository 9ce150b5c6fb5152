package dev.drover.posix;

import java.lang.foreign.MemorySegment;

/// Mirror of `<unistd.h>` and `<fcntl.h>`: descriptors. Results are those of C, errors `-errno`.
final class SysIo {
    static final int O_RDONLY = 0;
    static final int O_NONBLOCK = 0x800;
    static final int O_CLOEXEC = 0x80000;
    static final int FD_CLOEXEC = 1;
    static final int F_GETFD = 1;
    static final int F_SETFD = 2;
    static final int F_GETFL = 3;
    static final int F_SETFL = 4;
    static final int F_DUPFD_CLOEXEC = 1030;
    static final int EFD_CLOEXEC = O_CLOEXEC;
    static final int EFD_NONBLOCK = O_NONBLOCK;

    private static final MemorySegment CLOSE = SysCall.symbol("close");
    private static final MemorySegment READ = SysCall.symbol("read");
    private static final MemorySegment WRITE = SysCall.symbol("write");
    private static final MemorySegment FCNTL = SysCall.symbol("fcntl");
    private static final MemorySegment PIPE2 = SysCall.symbol("pipe2");
    private static final MemorySegment EVENTFD = SysCall.symbol("eventfd");

    private SysIo() {}

    /// [close(2)](https://man7.org/linux/man-pages/man2/close.2.html). Never repeated: on Linux the descriptor is
    /// gone after EINTR too. Errors: EBADF EINTR EIO.
    static int close(int fd) {
        return SysCall.once(CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /// [read(2)](https://man7.org/linux/man-pages/man2/read.2.html). Errors: EAGAIN EBADF ECONNRESET EIO.
    static int read(int fd, long address, long length) {
        return SysCall.call(READ, fd, address, length, 0, 0, 0);
    }

    /// [write(2)](https://man7.org/linux/man-pages/man2/write.2.html). Errors: EAGAIN EBADF EPIPE ECONNRESET EIO
    /// ENOSPC.
    static int write(int fd, long address, long length) {
        return SysCall.call(WRITE, fd, address, length, 0, 0, 0);
    }

    /// [fcntl(2)](https://man7.org/linux/man-pages/man2/fcntl.2.html). Errors: EBADF EINVAL EMFILE.
    static int fcntl(int fd, int command, int argument) {
        return SysCall.call(FCNTL, fd, command, argument, 0, 0, 0);
    }

    /// [pipe2(2)](https://man7.org/linux/man-pages/man2/pipe2.2.html) into two ints. Errors: EMFILE ENFILE.
    static int pipe2(MemorySegment pair, int flags) {
        return SysCall.call(PIPE2, pair.address(), flags, 0, 0, 0, 0);
    }

    /// [eventfd(2)](https://man7.org/linux/man-pages/man2/eventfd.2.html). Errors: EMFILE ENFILE ENOMEM.
    static int eventfd(int initial, int flags) {
        return SysCall.call(EVENTFD, initial, flags, 0, 0, 0, 0);
    }
}
