package dev.drover.worker;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;

/// Tells when nothing comes out of the queue of a listener any more: a connection there belongs to this process, and no
/// other would ever see it. For the event loop of the listener, unless it says otherwise.
final class LastAccepts {
    /// One turn of the loop asks epoll about the listener and accepts what is there; the second is for what came
    /// between the asking and the closing.
    private static final int QUIET_TURNS = 2;

    private long accepted;

    /// A connection came out.
    void accepted() {
        accepted++;
    }

    /// From any thread.
    ///
    /// @param then runs on the loop
    /// @throws java.util.concurrent.RejectedExecutionException when the loop has ended, with all its channels
    void awaitNone(EventExecutor loop, Runnable then) {
        loop.execute(() -> turn(loop, accepted, 0, then));
    }

    private void turn(EventExecutor loop, long before, int quietTurns, Runnable then) {
        int quiet = accepted == before ? quietTurns : 0;
        if (quiet >= QUIET_TURNS) {
            then.run();
        } else {
            long now = accepted;
            // Scheduled, not executed: a task that is executed may run in this same turn, before epoll is asked again.
            var _ = loop.schedule(() -> turn(loop, now, quiet + 1, then), 1, TimeUnit.MILLISECONDS);
        }
    }
}
