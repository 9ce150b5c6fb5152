package dev.drover.cli;

/// What the command's exit code tells scripts.
final class ExitCode {

    static final int OK = 0;
    /// The master was reached and refused or failed.
    static final int FAILED = 1;
    /// The arguments or a file are wrong.
    static final int USAGE = 2;
    /// What was named does not exist.
    static final int NOT_FOUND = 3;
    /// No master answers.
    static final int UNREACHABLE = 4;

    private ExitCode() {}
}
