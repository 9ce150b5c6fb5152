package dev.drover.master.control;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.concurrent.Executor;

/// The thread that carries the bytes of a call: what is written there is held up as soon as its reader does not
/// read.
@Singleton
class CallLoop {
    /// That of the call that is being started by the calling thread.
    Executor current() {
        var context = Vertx.currentContext();
        if (context == null) {
            throw new IllegalStateException(
                    "A call was started on " + Thread.currentThread() + ", which is no event loop of Vert.x");
        }
        return task -> context.runOnContext(_ -> task.run());
    }
}
