package dev.drover.examples.scenes;

import dev.drover.supervisor.Fork;
import dev.drover.supervisor.Supervisor;
import java.util.List;

/// Scene 4: the parent passes its listener to two children and accepts nothing itself.
public final class TwoChildren {
    private TwoChildren() {}

    /// The parent. Keeps the listener open, for replacements; stops its children when it is told to end.
    public static void main(String[] arguments) {
        var supervisor = Supervisor.start();
        var server = supervisor.listen("http", Port.of(arguments));
        for (var name : List.of("first", "second")) {
            var child = supervisor.fork(Fork.of(name, Jvm.running(PidChild.class)));
            child.pass(server).join();
        }
        System.out.println("listening at " + server.address());
    }
}
