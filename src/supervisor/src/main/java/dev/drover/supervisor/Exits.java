package dev.drover.supervisor;

import dev.drover.posix.ExitStatus;
import dev.drover.posix.Signals;

/// Says in words how a process ended.
final class Exits {
    private Exits() {}

    static String describe(ExitStatus status) {
        return switch (status) {
            case ExitStatus.Exited(var code) -> "exited with code " + code;
            case ExitStatus.Killed killed ->
                "killed by " + Signals.nameOf(killed.signal()) + (killed.coreDumped() ? " (core dumped)" : "");
        };
    }
}
