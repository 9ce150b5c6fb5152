package dev.drover.session;

import dev.drover.protocol.worker.v1.MetricsReport;

/// What happens to the session of one worker. Called on the session thread, must not block.
public interface SessionEvents {
    /// Series of one report.
    int MAX_METRIC_SERIES = 2000;

    /// It is open. First of all.
    void opened(WorkerSession session);

    /// The worker serves; may be said again.
    void ready();

    /// The worker takes no new work.
    void draining();

    /// What the worker says of itself.
    ///
    /// @param text at most 1024 bytes
    void status(String text);

    /// What the application measures, all of it until now. Who does not care need not take it.
    ///
    /// @param report with at most [#MAX_METRIC_SERIES] series; nothing else of it is checked
    default void metrics(MetricsReport report) {}

    /// It has ended. Last of all, once.
    void closed(String why);
}
