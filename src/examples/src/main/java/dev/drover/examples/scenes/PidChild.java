package dev.drover.examples.scenes;

import dev.drover.worker.Worker;

/// The child of scenes 4 and 5: takes listeners and connections.
public final class PidChild {
    private PidChild() {}

    /// Lives until its parent stops it.
    public static void main(String[] arguments) {
        var replies = new Replies(
                "handled by child, pid is " + ProcessHandle.current().pid());
        var worker = Worker.join();
        worker.onListener(listener -> replies.acceptFrom(listener.nettyChannelFactory()));
        worker.onConnection(replies::serve);
        worker.onDrain(replies::drain);
        worker.ready();
    }
}
