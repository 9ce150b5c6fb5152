package dev.drover.posix;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/// The signals of Linux by number and name; the same on x86-64 and aarch64.
public final class Signals {
    /// Hang-up; by custom: read the configuration again.
    public static final int SIGHUP = 1;

    /// Interrupt from the keyboard.
    public static final int SIGINT = 2;

    /// Quit from the keyboard; a JVM dumps its threads.
    public static final int SIGQUIT = 3;

    /// Illegal instruction.
    public static final int SIGILL = 4;

    /// Trace/breakpoint trap.
    public static final int SIGTRAP = 5;

    /// Aborted.
    public static final int SIGABRT = 6;

    /// Bus error.
    public static final int SIGBUS = 7;

    /// Floating point exception.
    public static final int SIGFPE = 8;

    /// Kill; cannot be caught.
    public static final int SIGKILL = 9;

    /// For the application.
    public static final int SIGUSR1 = 10;

    /// Segmentation fault.
    public static final int SIGSEGV = 11;

    /// For the application.
    public static final int SIGUSR2 = 12;

    /// Broken pipe.
    public static final int SIGPIPE = 13;

    /// Alarm clock.
    public static final int SIGALRM = 14;

    /// Please end.
    public static final int SIGTERM = 15;

    /// Stack fault.
    public static final int SIGSTKFLT = 16;

    /// A child ended or stopped.
    public static final int SIGCHLD = 17;

    /// Continue after a stop.
    public static final int SIGCONT = 18;

    /// Stop; cannot be caught.
    public static final int SIGSTOP = 19;

    /// Stopped.
    public static final int SIGTSTP = 20;

    /// Stopped (tty input).
    public static final int SIGTTIN = 21;

    /// Stopped (tty output).
    public static final int SIGTTOU = 22;

    /// Urgent I/O condition.
    public static final int SIGURG = 23;

    /// CPU time limit exceeded.
    public static final int SIGXCPU = 24;

    /// File size limit exceeded.
    public static final int SIGXFSZ = 25;

    /// Virtual timer expired.
    public static final int SIGVTALRM = 26;

    /// Profiling timer expired.
    public static final int SIGPROF = 27;

    /// Window size changed.
    public static final int SIGWINCH = 28;

    /// I/O possible.
    public static final int SIGIO = 29;

    /// Power failure.
    public static final int SIGPWR = 30;

    /// Bad system call.
    public static final int SIGSYS = 31;

    /// Names in the order of their numbers; index 0 is number 1.
    private static final List<String> NAMES = List.of(
            "SIGHUP",
            "SIGINT",
            "SIGQUIT",
            "SIGILL",
            "SIGTRAP",
            "SIGABRT",
            "SIGBUS",
            "SIGFPE",
            "SIGKILL",
            "SIGUSR1",
            "SIGSEGV",
            "SIGUSR2",
            "SIGPIPE",
            "SIGALRM",
            "SIGTERM",
            "SIGSTKFLT",
            "SIGCHLD",
            "SIGCONT",
            "SIGSTOP",
            "SIGTSTP",
            "SIGTTIN",
            "SIGTTOU",
            "SIGURG",
            "SIGXCPU",
            "SIGXFSZ",
            "SIGVTALRM",
            "SIGPROF",
            "SIGWINCH",
            "SIGIO",
            "SIGPWR",
            "SIGSYS");

    private Signals() {}

    /// The number of `SIGTERM`, `TERM` or `term`; empty for a name that is no signal.
    public static OptionalInt numberOf(String name) {
        var upper = name.toUpperCase(Locale.ROOT);
        int index = NAMES.indexOf(upper.startsWith("SIG") ? upper : "SIG" + upper);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(index + 1);
    }

    /// The name with its `SIG`; `signal 40` for a number without one.
    public static String nameOf(int signal) {
        return signal >= 1 && signal <= NAMES.size() ? NAMES.get(signal - 1) : "signal " + signal;
    }
}
