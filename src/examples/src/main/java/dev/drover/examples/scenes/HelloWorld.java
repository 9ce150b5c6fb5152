package dev.drover.examples.scenes;

import dev.drover.worker.Worker;

/// The worker of scene 1: serves the listeners of its pool, and those that its parent passes to it.
public final class HelloWorld {
    private HelloWorld() {}

    /// Lives until its parent stops it.
    public static void main(String[] arguments) {
        var replies = new Replies("Hello World");
        var worker = Worker.join();
        worker.listeners().forEach(listener -> replies.acceptFrom(listener.nettyChannelFactory()));
        worker.onListener(listener -> replies.acceptFrom(listener.nettyChannelFactory()));
        worker.onDrain(replies::drain);
        worker.ready();
    }
}
