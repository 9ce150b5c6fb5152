package dev.drover.cli;

import dev.drover.protocol.control.v1.ScalePoolRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `drover scale`: wants another number of workers.
@Command(
        name = "scale",
        description = {
            "Want another number of workers in a pool. No request is lost by fewer: those that go finish first.",
            "Returns when it is under way. Holds until the master reads its files again (SIGHUP)."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover scale web --replicas=4",
            "  drover scale pool/web --replicas=0               no worker; connections wait in the sockets",
            "  drover scale web --replicas=4 --resource-version=41   only if nothing has changed since"
        })
final class ScaleCommand implements Runnable {

    private final DroverCommand drover;

    @Parameters(paramLabel = "POOL", description = "The pool, as in web or pool/web.")
    private String pool = "";

    @Option(names = "--replicas", paramLabel = "N", required = true, description = "Workers wanted, 0 to 1000.")
    private int replicas;

    @Option(
            names = "--resource-version",
            paramLabel = "VERSION",
            description = "Only where the pool still has this metadata.resourceVersion.")
    private String resourceVersion = "";

    ScaleCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        String name = PoolName.parse("scale", pool);
        var request = ScalePoolRequest.newBuilder()
                .setName(name)
                .setReplicas(replicas)
                .setResourceVersion(resourceVersion)
                .build();
        try (MasterClient master = drover.connect()) {
            master.call("scale pool " + name, stub -> stub.scalePool(request));
            drover.terminal().out().println("pool/" + name + " scaled");
        }
    }
}
