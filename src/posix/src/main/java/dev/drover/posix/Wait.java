package dev.drover.posix;

import static dev.drover.posix.SysLayouts.SIGINFO;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// `waitid` that never blocks, with its answer in Java.
final class Wait {
    private static final long CODE = SysLayouts.offset(SIGINFO, "si_code");
    private static final long PID = SysLayouts.offset(SIGINFO, "si_pid");
    private static final long STATUS = SysLayouts.offset(SIGINFO, "si_status");

    private Wait() {}

    /// A child that has ended.
    record Ended(long pid, ExitStatus status) {}

    /// Empty while none of those asked for has ended.
    ///
    /// @throws PosixException ECHILD when there is none of them
    static Optional<Ended> now(int idType, int id, int options, String text) {
        try (var arena = Arena.ofConfined()) {
            // waitid leaves si_pid alone when there is nothing to tell; a fresh segment holds 0 there.
            var info = arena.allocate(SIGINFO);
            int flags = SysProcess.WEXITED | SysProcess.WNOHANG | options;
            PosixException.check(SysProcess.waitid(idType, id, info, flags), "waitid", text);
            int pid = info.get(JAVA_INT, PID);
            return pid == 0 ? Optional.empty() : Optional.of(new Ended(pid, status(info)));
        }
    }

    private static ExitStatus status(MemorySegment info) {
        int status = info.get(JAVA_INT, STATUS);
        int code = info.get(JAVA_INT, CODE);
        return switch (code) {
            case SysProcess.CLD_EXITED -> new ExitStatus.Exited(status);
            case SysProcess.CLD_KILLED -> new ExitStatus.Killed(status, false);
            case SysProcess.CLD_DUMPED -> new ExitStatus.Killed(status, true);
            default -> throw new AssertionError("waitid told of a child that did not end: si_code " + code);
        };
    }
}
