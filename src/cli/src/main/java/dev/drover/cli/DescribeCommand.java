package dev.drover.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `drover describe`: tells all there is of a thing, and what happened to it.
@Command(
        name = "describe",
        description = {
            "Tell everything of pools, workers, sockets or the master, and at the end what happened to them.",
            "Values of environment variables and of headers are never told, only their names."
        },
        synopsisSubcommandLabel = "pool|worker|socket|master",
        commandListHeading = "%nKinds:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover describe pool web           its template, rollout, conditions and workers",
            "  drover describe worker web-0       its leases, probes and how it last ended",
            "  drover describe socket web/http    who accepts from it",
            "  drover describe master             its settings and what the kernel can do"
        })
final class DescribeCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @param words what is asked for
    static CommandLine line(DroverCommand drover, List<String> words) {
        return new Verbs()
                .add(() -> new DescribeKinds.Pools(drover), "pool", "pools")
                .add(() -> new DescribeKinds.Workers(drover), "worker", "workers")
                .add(() -> new DescribeKinds.Sockets(drover), "socket", "sockets")
                .add(() -> new DescribeKinds.OfMaster(drover), "master")
                .below(new CommandLine(new DescribeCommand()), words);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "Missing what to describe: pool, worker or socket NAME, or master");
    }
}
