package dev.drover.posix;

import java.util.Optional;
import java.util.OptionalLong;

/// The children of this process, whoever started them: orphans too, when it is PID 1 or has called
/// [Processes#becomeSubreaper()].
///
/// Usable from any thread. A child that is a [ChildProcess] is reaped through that object, so that nobody signals a
/// pid which has come to mean another process.
public final class Children {
    private Children() {}

    /// A child that has ended and was not reaped yet; it stays, so the next call may answer the same one.
    public static OptionalLong peekExited() {
        try {
            return Wait.now(SysProcess.P_ALL, 0, SysProcess.WNOWAIT, "cannot look for ended children")
                    .map(ended -> OptionalLong.of(ended.pid()))
                    .orElse(OptionalLong.empty());
        } catch (PosixException failure) {
            return ifNoChild(failure, OptionalLong.empty());
        }
    }

    /// Takes the exit of this child, and with it the pid, away; empty while it runs, and when it is no child of
    /// ours or was reaped before.
    public static Optional<ExitStatus> reap(long pid) {
        if (pid <= 0) {
            throw new IllegalArgumentException("cannot reap process " + pid + ": a pid is positive");
        }
        try {
            return Wait.now(SysProcess.P_PID, Math.toIntExact(pid), 0, "cannot reap process " + pid)
                    .map(Wait.Ended::status);
        } catch (PosixException failure) {
            return ifNoChild(failure, Optional.empty());
        }
    }

    private static <T> T ifNoChild(PosixException failure, T none) {
        if (failure.errno() == Errno.ECHILD) {
            return none;
        }
        throw failure;
    }
}
