package dev.drover.master;

/// What the master's exit code means. Public API.
final class ExitCode {
    /// Stopped cleanly.
    static final int CLEAN = 0;

    /// Failed at run time, or something had to be killed.
    static final int FAILED = 1;

    /// Wrong usage, or a pool file that cannot be used.
    static final int USAGE = 2;

    /// A pool failed for good, and was to end the master.
    static final int POOL_FAILED = 5;

    private ExitCode() {}
}
