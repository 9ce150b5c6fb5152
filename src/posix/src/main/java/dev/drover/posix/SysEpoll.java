package dev.drover.posix;

import java.lang.foreign.MemorySegment;

/// Mirror of `<sys/epoll.h>`. Results are those of C, errors `-errno`.
final class SysEpoll {
    static final int EPOLL_CLOEXEC = SysIo.O_CLOEXEC;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CTL_DEL = 2;
    static final int EPOLL_CTL_MOD = 3;
    static final int EPOLLIN = 0x1;
    static final int EPOLLOUT = 0x4;
    static final int EPOLLERR = 0x8;
    static final int EPOLLHUP = 0x10;
    static final int EPOLLONESHOT = 1 << 30;
    static final int EPOLLET = 1 << 31;

    private static final MemorySegment EPOLL_CREATE1 = SysCall.symbol("epoll_create1");
    private static final MemorySegment EPOLL_CTL = SysCall.symbol("epoll_ctl");
    private static final MemorySegment EPOLL_WAIT = SysCall.symbol("epoll_wait");

    private SysEpoll() {}

    /// [epoll_create1(2)](https://man7.org/linux/man-pages/man2/epoll_create.2.html). Errors: EMFILE ENFILE.
    static int create(int flags) {
        return SysCall.call(EPOLL_CREATE1, flags, 0, 0, 0, 0, 0);
    }

    /// [epoll_ctl(2)](https://man7.org/linux/man-pages/man2/epoll_ctl.2.html).
    /// Errors: EBADF EEXIST ENOENT ENOSPC EPERM (a regular file).
    static int ctl(int epoll, int operation, int fd, MemorySegment event) {
        return SysCall.call(EPOLL_CTL, epoll, operation, fd, event.address(), 0, 0);
    }

    /// [epoll_wait(2)](https://man7.org/linux/man-pages/man2/epoll_wait.2.html). Errors: EINTR, for the caller to
    /// count its time anew.
    static int await(MemorySegment state, int epoll, MemorySegment events, int maxEvents, int timeoutMillis) {
        return SysCall.once(state, EPOLL_WAIT, epoll, events.address(), maxEvents, timeoutMillis, 0, 0);
    }
}
