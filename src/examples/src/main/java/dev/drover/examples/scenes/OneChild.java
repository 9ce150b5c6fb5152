package dev.drover.examples.scenes;

import dev.drover.supervisor.Fork;
import dev.drover.supervisor.Supervisor;

/// Scene 3: the parent passes its listener to one child and goes on accepting.
public final class OneChild {
    private OneChild() {}

    /// The parent. Stops its child when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        var server = supervisor.listen("http", Port.of(arguments));
        new Replies("handled by parent").acceptFrom(server.nettyChannelFactory());
        var child = supervisor.fork(Fork.of("child", Jvm.running(OneChildChild.class)));
        child.pass(server).join();
        System.out.println("listening at " + server.address());
    }
}
