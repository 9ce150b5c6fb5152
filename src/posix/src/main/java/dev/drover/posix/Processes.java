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

    /// Sends a signal to a child of this process that is no [ChildProcess], an adopted orphan. To be called by
    /// whoever reaps it: after that the number may belong to others.
    ///
    /// @return false when there is no such process
    /// @throws PosixException EPERM when it belongs to another user, EINVAL for a signal that does not exist
    public static boolean signal(long pid, int signal) {
        if (pid <= 0) {
            throw new IllegalArgumentException("cannot signal process " + pid + ": a pid is positive");
        }
        int result = SysProcess.kill(Math.toIntExact(pid), signal);
        if (result == -Errno.ESRCH) {
            return false;
        }
        PosixException.check(result, "kill", "cannot signal process", pid);
        return true;
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
