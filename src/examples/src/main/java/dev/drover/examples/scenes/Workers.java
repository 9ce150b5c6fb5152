package dev.drover.examples.scenes;

import dev.drover.supervisor.Fork;
import dev.drover.supervisor.Supervisor;

/// Scene 1: one worker per CPU, each an HTTP server on a port of its own.
public final class Workers {
    private Workers() {}

    /// The parent. Stops its workers when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
            var server = supervisor.listen("http", Port.of("0"));
            var worker = supervisor.fork(Fork.of("worker-" + i, Jvm.running(HelloWorld.class)));
            worker.pass(server).join();
            System.out.println(worker + " listening at " + server.address());
        }
    }
}
