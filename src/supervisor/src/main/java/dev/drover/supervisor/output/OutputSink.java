package dev.drover.supervisor.output;

/// Where the workers' lines go, such as the master's own stdout.
@FunctionalInterface
public interface OutputSink {
    /// Takes one line. Called by one thread only, line after line, and allowed to block: meanwhile lines queue up,
    /// and then the policy of their pool says what happens. A line it throws at is lost and counted as dropped.
    void write(OutputLine line);
}
