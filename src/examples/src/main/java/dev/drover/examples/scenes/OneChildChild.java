package dev.drover.examples.scenes;

import dev.drover.worker.Worker;

/// The child of scene 3.
public final class OneChildChild {
    private OneChildChild() {}

    /// Lives until its parent stops it.
    public static void main(String[] arguments) {
        var replies = new Replies("handled by child");
        var worker = Worker.join();
        worker.onListener(listener -> replies.acceptFrom(listener.nettyChannelFactory()));
        worker.onDrain(replies::drain);
        worker.ready();
    }
}
