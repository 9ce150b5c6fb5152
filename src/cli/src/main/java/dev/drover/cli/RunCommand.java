package dev.drover.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/// `drover run`, for the help's sake: `bin/drover` hands this verb to the master's program.
@Command(name = "run", description = "Start a master in the foreground (drover run -h).")
final class RunCommand implements Runnable {

    @Unmatched
    @SuppressWarnings("UnusedVariable") // whatever they are, the answer is the same
    private List<String> arguments = new ArrayList<>();

    @Override
    public void run() {
        throw new CliException(
                ExitCode.USAGE,
                "cannot run a master: this is the client; use bin/drover of the distribution, which starts the master");
    }
}
