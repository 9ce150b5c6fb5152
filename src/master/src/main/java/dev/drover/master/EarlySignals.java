package dev.drover.master;

import java.util.concurrent.atomic.AtomicBoolean;

/// What signals do before the master can: a stop is remembered, the others, which would kill or stop a process
/// that is just starting, have nothing to act on yet.
final class EarlySignals {
    private final AtomicBoolean stop = new AtomicBoolean();

    private EarlySignals() {}

    static EarlySignals install() {
        var early = new EarlySignals();
        SignalHandlers.on("TERM", _ -> early.stop.set(true));
        SignalHandlers.on("INT", _ -> early.stop.set(true));
        SignalHandlers.on("HUP", _ -> {});
        SignalHandlers.on("TTIN", _ -> {});
        SignalHandlers.on("TTOU", _ -> {});
        return early;
    }

    /// Whether a stop was asked for so far.
    boolean stopAsked() {
        return stop.get();
    }
}
