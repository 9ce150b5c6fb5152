package dev.drover.supervisor;

import dev.drover.supervisor.output.OutputSink;
import java.nio.file.Path;
import java.util.Map;

/// How a supervisor runs.
///
/// @param runDirectory where its sockets live; made if missing, locked while it runs
/// @param reapOrphans whether to reap every child of this process and to become the parent of orphans: right for a
///     process of its own, wrong for a program that starts children by other means
/// @param output takes the workers' lines, on a thread of its own; may block
/// @param environment what the workers inherit; `DROVER_*` is left out of it
public record SupervisorOptions(
        Path runDirectory, boolean reapOrphans, OutputSink output, Map<String, String> environment) {

    public SupervisorOptions {
        environment = Map.copyOf(environment);
    }
}
