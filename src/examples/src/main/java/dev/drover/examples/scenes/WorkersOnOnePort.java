package dev.drover.examples.scenes;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.Supervisor;
import java.util.List;

/// Scene 1 again: one worker per CPU, all on one port. They are a pool, and replaced when they end.
public final class WorkersOnOnePort {
    private WorkersOnOnePort() {}

    /// The parent. Stops its workers when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        int cpus = Runtime.getRuntime().availableProcessors();
        var socket = SocketSpec.of("http", Port.of(arguments), Distribution.SHARDED);
        supervisor.open(List.of(PoolSpec.of("web", cpus, Jvm.running(HelloWorld.class), socket)));
        System.out.println(cpus + " workers listening at " + supervisor.address("web", "http"));
    }
}
