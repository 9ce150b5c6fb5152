package dev.drover.posix;

/// This process, and what it may ask about others.
public final class Processes {
    private Processes() {}

    /// From now on orphaned descendants become children of this process, as they do for PID 1; see [Children].
    public static void becomeSubreaper() {
        int result = SysProcess.prctl(SysProcess.PR_SET_CHILD_SUBREAPER, 1);
        PosixException.check(result, "prctl", "cannot become the reaper of orphans");
    }

    /// The process group of a process.
    ///
    /// @throws PosixException ESRCH when there is no such process
    public static long processGroupOf(long pid) {
        if (pid <= 0) {
            throw new IllegalArgumentException("cannot ask for the group of process " + pid + ": a pid is positive");
        }
        int group = SysProcess.getpgid(Math.toIntExact(pid));
        return PosixException.check(group, "getpgid", "cannot ask for the group of process", pid);
    }

    /// The effective user, which is also what the peer of a Unix socket sees.
    public static int userId() {
        return SysProcess.geteuid();
    }

    /// The pid of this process.
    public static long currentPid() {
        return ProcessHandle.current().pid();
    }
}
