package dev.drover.worker;

import java.util.function.Consumer;
import sun.misc.Signal;

/// TERM and INT, in place of the JVM's own handlers (which would run the shutdown hooks and exit with 143 or
/// 130).
final class StopSignals {
    private StopSignals() {}

    /// Calls the listener with the number of each that arrives, on a thread of its own each time; two of the same
    /// kind may arrive as one.
    ///
    /// @throws WorkerException when the JVM was started with `-Xrs`, which takes signals from it
    static void listen(Consumer<Integer> listener) {
        for (var name : new String[] {"TERM", "INT"}) {
            try {
                Signal.handle(new Signal(name), signal -> listener.accept(signal.getNumber()));
            } catch (IllegalArgumentException refused) {
                throw new WorkerException(
                        "cannot listen for SIG" + name + ": the JVM refuses it (was it started with -Xrs?)", refused);
            }
        }
    }
}
