package dev.drover.cli;

import dev.drover.protocol.control.v1.DeletePoolRequest;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `drover delete`: has the master want a pool no more.
@Command(
        name = "delete",
        description = {
            "Want a pool no more: its workers finish what is in hand and are stopped, its sockets are closed.",
            "Returns when that is under way. The pool comes back when the master reads files again that name it."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  drover delete pool web", "  drover delete pool/web"})
final class DeleteCommand implements Runnable {

    private final DroverCommand drover;

    @Parameters(paramLabel = "POOL", arity = "1..*", description = "The pools: pool NAME..., or pool/NAME...")
    private List<String> targets = new ArrayList<>();

    DeleteCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        List<String> names = names();
        try (MasterClient master = drover.connect()) {
            for (String name : names) {
                var request = DeletePoolRequest.newBuilder().setName(name).build();
                master.call("delete pool " + name, stub -> stub.deletePool(request));
                drover.terminal().out().println("pool \"" + name + "\" deleted");
            }
        }
    }

    /// A bare name might be that of a worker: what is deleted must be said.
    private List<String> names() {
        boolean kind = PoolName.isKind(targets.getFirst());
        List<String> named = kind ? targets.subList(1, targets.size()) : targets;
        if (named.isEmpty() || named.stream().anyMatch(name -> name.contains("/") == kind)) {
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot delete '" + String.join(" ", targets)
                            + "': write pool NAME or pool/NAME; 'drover get pools' shows the pools");
        }
        return named.stream().map(name -> PoolName.parse("delete", name)).toList();
    }
}
