package dev.drover.cli;

import static java.util.stream.Collectors.groupingBy;

import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import dev.drover.protocol.control.v1.Operation;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `drover apply`: has the master want the pools of files.
@Command(
        name = "apply",
        description = {
            "Want the pools of files as they are written there: those that exist are changed, the others added. Pools"
                    + " that the files do not name are let alone.",
            "Everything is checked first, and either all of it is done or nothing. Returns when it is under way;"
                    + " 'drover rollout status' waits for the end. When the master reads its own files again (SIGHUP)"
                    + " those win."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover apply -f pool.yaml",
            "  drover apply -f pool.yaml --dry-run      only tell what would be done",
            "  drover apply -f - < pool.yaml            the standard input",
            "  drover apply -f pool.yaml && drover rollout status web"
        })
final class ApplyCommand implements Runnable {

    private final DroverCommand drover;

    @Mixin
    private PoolFileOption files = new PoolFileOption();

    @Option(names = "--dry-run", description = "Only tell what would be done.")
    private boolean dryRun;

    ApplyCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        var pools = files.pools(drover.terminal(), "apply");
        var request = ApplyPoolsRequest.newBuilder()
                .addAllPools(pools)
                .setDryRun(dryRun)
                .build();
        try (MasterClient master = drover.connect()) {
            var operations = master.call("apply", stub -> stub.applyPools(request)).getOperationsList().stream()
                    .collect(groupingBy(Operation::getPool));
            for (WorkerPool pool : pools) {
                String name = pool.getMetadata().getName();
                drover.terminal().out().println("pool/" + name + told(operations.getOrDefault(name, List.of())));
            }
        }
    }

    private String told(List<Operation> operations) {
        String dry = dryRun ? " (dry run)" : "";
        if (operations.isEmpty()) {
            return " unchanged" + dry;
        }
        if (operations.stream().anyMatch(Operation::hasPoolAdded)) {
            return " created" + dry;
        }
        return " configured" + dry + ": "
                + Table.oneLine(operations.stream().map(Operation::getWords).collect(Collectors.joining(", ")));
    }
}
