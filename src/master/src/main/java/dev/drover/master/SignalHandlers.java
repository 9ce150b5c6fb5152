package dev.drover.master;

import dev.drover.supervisor.Supervisor;
import java.lang.reflect.Proxy;
import java.util.function.Consumer;

/// What the master does on signals. The JVM runs each on a thread of its own, so they may wait.
///
/// `sun.misc.Signal` (jdk.unsupported) is the JDK's only way to signals. It takes TERM, INT and HUP away from the
/// JVM's own handlers, which would run the shutdown hooks, Quarkus' among them, beside our orderly stop.
final class SignalHandlers {
    private SignalHandlers() {}

    static void install(Master master, Supervisor supervisor) {
        on("TERM", master::stopOrHasten);
        on("INT", master::stopOrHasten);
        on("HUP", _ -> master.reload());
        on("TTIN", _ -> master.scaleBy(1));
        on("TTOU", _ -> master.scaleBy(-1));
        on("CHLD", _ -> supervisor.reapOrphansNow());
    }

    /// By reflection, because javac warns of the type and no annotation silences it, and our warnings are errors.
    static void on(String name, Consumer<String> action) {
        try {
            var signalType = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            var handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(), new Class<?>[] {handlerType}, (_, method, _) -> {
                        // INVARIANT: the JDK calls `handle` only; it compares handlers by reference.
                        assert method.getName().equals("handle");
                        action.accept("SIG" + name);
                        return null;
                    });
            var signal = signalType.getConstructor(String.class).newInstance(name);
            signalType.getMethod("handle", signalType, handlerType).invoke(null, signal, handler);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("sun.misc.Signal is not as expected", e);
        }
    }
}
