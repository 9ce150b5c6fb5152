package dev.drover.cli;

import dev.drover.protocol.control.v1.RestartWorkerRequest;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover restart`: replaces what runs.
@Command(
        name = "restart",
        description = "Replace a worker.",
        synopsisSubcommandLabel = "worker NAME",
        commandListHeading = "%nKinds:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  drover restart worker web-0")
final class RestartCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @param words what is asked for
    static CommandLine line(DroverCommand drover, List<String> words) {
        return new Verbs()
                .add(() -> new OfWorker(drover), "worker")
                .below(new CommandLine(new RestartCommand()), words);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing what to restart: worker NAME");
    }

    @Command(
            name = "worker",
            description = {
                "Replace one worker: the new incarnation is ready before the old one is told to stop.",
                "Returns when that is under way."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  drover restart worker web-0", "  drover get worker web-0 -w         how it goes"})
    static final class OfWorker implements Runnable {

        private final DroverCommand drover;

        @Parameters(paramLabel = "NAME", description = "The worker, as 'drover get workers' names it.")
        private String name = "";

        OfWorker(DroverCommand drover) {
            this.drover = drover;
        }

        @Override
        public void run() {
            try (MasterClient master = drover.connect()) {
                var request = RestartWorkerRequest.newBuilder().setName(name).build();
                master.call("restart worker " + name, stub -> stub.restartWorker(request));
                drover.terminal().out().println("worker/" + name + " restarting");
            }
        }
    }
}
