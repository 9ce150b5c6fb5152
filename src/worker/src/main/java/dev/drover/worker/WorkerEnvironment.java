package dev.drover.worker;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What the master says to a worker in its environment.
///
/// @param runDirectory `DROVER_RUN_DIR`, where the master's sockets are
/// @param pool `DROVER_POOL`
/// @param worker `DROVER_WORKER`, `web-0`
/// @param ordinal `DROVER_ORDINAL`, from 0
/// @param incarnation `DROVER_INCARNATION`, from 1
/// @param token `DROVER_TOKEN`, good for one join
record WorkerEnvironment(Path runDirectory, String pool, String worker, int ordinal, int incarnation, String token) {
    private static final List<String> NAMES = List.of(
            "DROVER_RUN_DIR", "DROVER_POOL", "DROVER_WORKER", "DROVER_ORDINAL", "DROVER_INCARNATION", "DROVER_TOKEN");

    /// @throws WorkerException naming every variable that is missing, or the one that is no number
    static WorkerEnvironment of(Map<String, String> environment) {
        var missing = new ArrayList<>(NAMES);
        missing.removeIf(name -> !environment.getOrDefault(name, "").isEmpty());
        if (!missing.isEmpty()) {
            throw new WorkerException(
                    "cannot join a master: " + String.join(", ", missing) + " not set; this program is"
                            + " a worker, meant to be started by a Drover master: name it as template.command in a pool file"
                            + " and say `drover run -f pool.yaml`");
        }
        return new WorkerEnvironment(
                Path.of(environment.getOrDefault("DROVER_RUN_DIR", "")),
                environment.getOrDefault("DROVER_POOL", ""),
                environment.getOrDefault("DROVER_WORKER", ""),
                number(environment, "DROVER_ORDINAL", 0),
                number(environment, "DROVER_INCARNATION", 1),
                environment.getOrDefault("DROVER_TOKEN", ""));
    }

    private static int number(Map<String, String> environment, String name, int lowest) {
        var value = environment.getOrDefault(name, "");
        try {
            int number = Integer.parseInt(value);
            if (number >= lowest) {
                return number;
            }
        } catch (NumberFormatException _) {
            // told below, as for a number out of range
        }
        throw new WorkerException(
                "cannot join a master: " + name + " is '" + value + "', expected a number from " + lowest);
    }

    Path handlesSocket() {
        return runDirectory.resolve("attach").resolve("handles.sock");
    }

    Path sessionSocket() {
        return runDirectory.resolve("attach").resolve("session.sock");
    }

    /// Without the token: a log is no place for it.
    @Override
    public String toString() {
        return worker + " (pool " + pool + ", incarnation " + incarnation + ")";
    }
}
