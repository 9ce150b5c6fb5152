package dev.drover.supervisor;

import dev.drover.posix.ExitStatus;
import dev.drover.posix.Signals;
import java.util.Optional;

/// Says in words how a process ended.
final class Exits {
    private Exits() {}

    /// @param killed why the supervisor has killed it, if it has
    static String describe(ExitStatus status, Optional<String> killed) {
        var how = describe(status);
        return status instanceof ExitStatus.Killed(var signal, var _) && signal == Signals.SIGKILL
                ? killed.map(why -> how + ": " + why).orElse(how)
                : how;
    }

    static String describe(ExitStatus status) {
        return switch (status) {
            case ExitStatus.Exited(var code) -> "exited with code " + code;
            case ExitStatus.Killed killed ->
                "killed by " + Signals.nameOf(killed.signal()) + (killed.coreDumped() ? " (core dumped)" : "");
        };
    }
}
