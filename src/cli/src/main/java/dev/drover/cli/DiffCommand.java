package dev.drover.cli;

import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `drover diff`: tells what `apply` would change.
@Command(
        name = "diff",
        description = {
            "Tell what 'drover apply' would change, a line for each pool; changes nothing.",
            "Values of the environment are not shown, only names."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover diff -f pool.yaml",
            "  drover diff -f /etc/drover",
            "",
            "Exit codes: 0 no difference, 1 differences, more than 1 trouble: 2 usage, a bad file, or the master"
                    + " refused, 4 cannot reach the master."
        })
final class DiffCommand implements Callable<Integer> {

    private static final int DIFFERENT = 1;

    private final DroverCommand drover;

    @Mixin
    private PoolFileOption files = new PoolFileOption();

    DiffCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public Integer call() {
        List<String> lines = lines();
        lines.stream().map(Table::oneLine).forEach(drover.terminal().out()::println);
        return lines.isEmpty() ? ExitCode.OK : DIFFERENT;
    }

    /// A failure must not look like a difference.
    private List<String> lines() {
        try {
            return ask();
        } catch (CliException e) {
            throw e.exitCode() == DIFFERENT ? new CliException(ExitCode.USAGE, String.valueOf(e.getMessage())) : e;
        }
    }

    private List<String> ask() {
        var request = ApplyPoolsRequest.newBuilder()
                .addAllPools(files.pools(drover.terminal(), "diff"))
                .setDryRun(true)
                .build();
        try (MasterClient master = drover.connect()) {
            return List.copyOf(
                    master.call("diff", stub -> stub.applyPools(request)).getLinesList());
        }
    }
}
