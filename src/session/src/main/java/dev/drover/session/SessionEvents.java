package dev.drover.session;

/// What happens to the session of one worker. Called on the session thread, must not block.
public interface SessionEvents {
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

    /// It has ended. Last of all, once.
    void closed(String why);
}
