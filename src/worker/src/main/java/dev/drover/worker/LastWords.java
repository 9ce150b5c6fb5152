package dev.drover.worker;

import dev.drover.session.SessionClient;
import java.time.Duration;

/// Tells before the end what the application has measured since it was last told.
///
/// @param session over which it is told
/// @param end what comes then
record LastWords(SessionClient session, ProcessEnd end) implements ProcessEnd {
    /// A master that does not read does not keep a worker from its end.
    private static final Duration BOUND = Duration.ofMillis(500);

    @Override
    public void exit(int status) {
        session.tellLastMetrics(BOUND);
        end.exit(status);
    }

    @Override
    public void halt(int status) {
        end.halt(status);
    }
}
