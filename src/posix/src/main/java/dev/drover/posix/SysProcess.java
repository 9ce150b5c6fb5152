package dev.drover.posix;

import java.lang.foreign.MemorySegment;

/// Mirror of `<sys/wait.h>`, `<signal.h>`, `<sys/signalfd.h>`, `<sys/prctl.h>`, `<sched.h>` and the ids of
/// `<unistd.h>`. Errors are `-errno`.
final class SysProcess {
    static final int P_ALL = 0;
    static final int P_PID = 1;
    static final int P_PIDFD = 3;
    static final int WNOHANG = 1;
    static final int WEXITED = 4;
    static final int WNOWAIT = 0x01000000;
    static final int CLD_EXITED = 1;
    static final int CLD_KILLED = 2;
    static final int CLD_DUMPED = 3;
    static final int PR_SET_CHILD_SUBREAPER = 36;
    static final int SCHED_OTHER = 0;
    static final int SCHED_BATCH = 3;
    /// `sizeof(sigset_t)`, of which the kernel looks at the first word.
    static final long SIGSET_SIZE = 128;

    static final int SFD_CLOEXEC = SysIo.O_CLOEXEC;
    static final int SFD_NONBLOCK = SysIo.O_NONBLOCK;

    // The C library has had wrappers only since glibc 2.36; the numbers are the same on every architecture.
    private static final int SYS_PIDFD_SEND_SIGNAL = 424;
    private static final int SYS_PIDFD_OPEN = 434;

    private static final MemorySegment WAITID = SysCall.symbol("waitid");
    private static final MemorySegment KILL = SysCall.symbol("kill");
    private static final MemorySegment SIGNALFD = SysCall.symbol("signalfd");
    private static final MemorySegment PRCTL = SysCall.symbol("prctl");
    private static final MemorySegment SCHED_SETSCHEDULER = SysCall.symbol("sched_setscheduler");
    private static final MemorySegment GETPGID = SysCall.symbol("getpgid");
    private static final MemorySegment GETEUID = SysCall.symbol("geteuid");
    private static final MemorySegment SYSCALL = SysCall.symbol("syscall");
    private static final MemorySegment STRERROR = SysCall.symbol("strerror");

    private SysProcess() {}

    /// [waitid(2)](https://man7.org/linux/man-pages/man2/waitid.2.html). Errors: ECHILD EINVAL.
    static int waitid(int idType, int id, MemorySegment info, int options) {
        return SysCall.call(WAITID, idType, id, info.address(), options, 0, 0);
    }

    /// [kill(2)](https://man7.org/linux/man-pages/man2/kill.2.html). Errors: EINVAL EPERM ESRCH.
    static int kill(int pid, int signal) {
        return SysCall.call(KILL, pid, signal, 0, 0, 0, 0);
    }

    /// [signalfd(2)](https://man7.org/linux/man-pages/man2/signalfd.2.html), a new one. Errors: EINVAL EMFILE ENFILE
    /// ENOMEM.
    static int signalfd(MemorySegment set, int flags) {
        return SysCall.call(SIGNALFD, -1, set.address(), flags, 0, 0, 0);
    }

    /// [prctl(2)](https://man7.org/linux/man-pages/man2/prctl.2.html). Errors: EINVAL.
    static int prctl(int option, long argument) {
        return SysCall.call(PRCTL, option, argument, 0, 0, 0, 0);
    }

    /// [sched_setscheduler(2)](https://man7.org/linux/man-pages/man2/sched_setscheduler.2.html) of the calling thread.
    /// Errors: EINVAL ENOSYS EPERM.
    static int schedSetscheduler(int policy, MemorySegment param) {
        return SysCall.call(SCHED_SETSCHEDULER, 0, policy, param.address(), 0, 0, 0);
    }

    /// [getpgid(2)](https://man7.org/linux/man-pages/man2/getpgid.2.html). Errors: ESRCH.
    static int getpgid(int pid) {
        return SysCall.call(GETPGID, pid, 0, 0, 0, 0, 0);
    }

    /// [geteuid(2)](https://man7.org/linux/man-pages/man2/geteuid.2.html) cannot fail.
    static int geteuid() {
        return SysCall.call(GETEUID, 0, 0, 0, 0, 0, 0);
    }

    /// [pidfd_open(2)](https://man7.org/linux/man-pages/man2/pidfd_open.2.html); CLOEXEC by itself.
    /// Errors: EINVAL EMFILE ENFILE ENOSYS ESRCH.
    static int pidfdOpen(int pid) {
        return SysCall.call(SYSCALL, SYS_PIDFD_OPEN, pid, 0, 0, 0, 0);
    }

    /// [pidfd_send_signal(2)](https://man7.org/linux/man-pages/man2/pidfd_send_signal.2.html). Errors: EINVAL EPERM
    /// ESRCH.
    static int pidfdSendSignal(int pidfd, int signal) {
        return SysCall.call(SYSCALL, SYS_PIDFD_SEND_SIGNAL, pidfd, signal, 0, 0, 0);
    }

    /// [strerror(3)](https://man7.org/linux/man-pages/man3/strerror.3.html): constant text for a known number.
    static String strerror(int errno) {
        return SysCall.string(STRERROR, errno);
    }
}
