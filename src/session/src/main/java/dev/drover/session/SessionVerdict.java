package dev.drover.session;

/// The answer to a Hello.
public sealed interface SessionVerdict {
    /// The session opens.
    ///
    /// @param pool `web`
    /// @param worker `web-0`
    /// @param incarnation its number
    /// @param events what happens to the session
    record Admitted(String pool, String worker, int incarnation, SessionEvents events) implements SessionVerdict {}

    /// The ticket is unknown or used.
    record Refused() implements SessionVerdict {}
}
