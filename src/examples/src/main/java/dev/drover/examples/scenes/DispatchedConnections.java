package dev.drover.examples.scenes;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.SocketSpec.Distribution;
import dev.drover.supervisor.Supervisor;
import java.util.List;

/// Scene 5 again, as a pool: Drover accepts, gives each connection to one worker in turn, and to another when that
/// one dies before it has taken it.
public final class DispatchedConnections {
    private DispatchedConnections() {}

    /// The parent. Stops its workers when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        var socket = SocketSpec.of("http", Port.of(arguments), Distribution.DISPATCHED);
        supervisor.open(List.of(PoolSpec.of("web", 2, Jvm.running(PidChild.class), socket)));
        System.out.println("listening at " + supervisor.address("web", "http"));
    }
}
