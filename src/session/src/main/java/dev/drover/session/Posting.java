package dev.drover.session;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/// Hands tasks to a loop that may have ended: it does so after its sessions, when nothing is left that has no
/// outcome.
final class Posting {
    private Posting() {}

    /// @return whether the loop will run it
    static boolean post(Executor loop, Runnable task) {
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException _) {
            return false;
        }
    }
}
