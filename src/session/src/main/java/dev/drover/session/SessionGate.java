package dev.drover.session;

import java.util.function.Consumer;

/// Who may open a session. Called on the session thread, must not block.
public interface SessionGate {
    /// Decides on a Hello, now or later and from any thread, by one call of `decision`.
    ///
    /// @param ticket what the peer presents; a secret
    /// @param incarnation the one it says to be
    void hello(String ticket, int incarnation, Consumer<SessionVerdict> decision);

    /// A peer was refused or broke the contract: for the log. How often is in the hands of whoever can connect.
    ///
    /// @param why for people; holds no secret
    void refused(String why);
}
