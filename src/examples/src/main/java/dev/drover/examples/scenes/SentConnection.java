package dev.drover.examples.scenes;

import dev.drover.supervisor.Fork;
import dev.drover.supervisor.Supervisor;

/// Scene 5: the parent accepts and sends each connection to a child; when that one dies before it has taken it,
/// to another.
public final class SentConnection {
    private SentConnection() {}

    /// The parent. Stops its children when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        var first = supervisor.fork(Fork.of("first", Jvm.running(PidChild.class)));
        var second = supervisor.fork(Fork.of("second", Jvm.running(PidChild.class)));
        var server = supervisor.listen("http", Port.of(arguments));
        server.onConnection(connection -> {
            var _ = first.pass(connection)
                    .exceptionallyCompose(_ -> second.pass(connection))
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            connection.close();
                        }
                    });
        });
        System.out.println("listening at " + server.address());
    }
}
