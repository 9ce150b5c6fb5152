package dev.drover.supervisor;

import dev.drover.session.MessageLimits;
import dev.drover.supervisor.output.OutputLine;
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
/// @param sharesMachine whether workers that are JVMs are told their share of the CPUs and of the memory, unless
///     their template says otherwise: right where a container holds these workers and little else
/// @param messages the bounds of messages
public record SupervisorOptions(
        Path runDirectory,
        boolean reapOrphans,
        OutputSink output,
        Map<String, String> environment,
        boolean sharesMachine,
        MessageLimits messages) {

    public SupervisorOptions {
        environment = Map.copyOf(environment);
    }

    /// For a program that embeds a supervisor: workers inherit its environment, and what they write comes out at
    /// its own standard output and error, line by line.
    public static SupervisorOptions in(Path runDirectory) {
        return new SupervisorOptions(
                runDirectory, false, SupervisorOptions::pass, System.getenv(), false, MessageLimits.DEFAULT);
    }

    private static void pass(OutputLine line) {
        switch (line.stream()) {
            case STDOUT -> System.out.println(line.text());
            case STDERR -> System.err.println(line.text());
        }
    }
}
