package dev.drover.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `drover get`: shows what a master has.
@Command(
        name = "get",
        description = "Show pools, workers, sockets, events or the master.",
        synopsisSubcommandLabel = "pools|workers|sockets|events|master",
        commandListHeading = "%nKinds:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover get pools                   all pools",
            "  drover get workers -o wide         workers with their leases and how they last ended",
            "  drover get workers -w              and every change from now on",
            "  drover get pool web -o yaml        one pool, defaults and status included",
            "  drover get pools -l team=shop      those with a label",
            "  drover get sockets -o json         for scripts",
            "  drover get events -w               what happened, and what happens from now on",
            "  drover get master -o yaml          its settings"
        })
final class GetCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @param words what is asked for
    static CommandLine line(DroverCommand drover, List<String> words) {
        return new Verbs()
                .add(() -> new GetKinds.Pools(drover), "pools", "pool")
                .add(() -> new GetKinds.Workers(drover), "workers", "worker")
                .add(() -> new GetKinds.Sockets(drover), "sockets", "socket")
                .add(() -> new GetEvents(drover), "events", "event")
                .add(() -> new GetMaster(drover), "master")
                .below(new CommandLine(new GetCommand()), words);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Missing what to get: pools, workers, sockets, events or master");
    }
}
