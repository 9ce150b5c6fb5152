package dev.drover.cli;

import dev.drover.protocol.control.v1.GetMasterRequest;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover get master`.
@Command(
        name = "master",
        description = "Show the master: how it stands, and with json or yaml the settings it runs with.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  drover get master", "  drover get master -o yaml"})
final class GetMaster implements Runnable {

    private final DroverCommand drover;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table (default), wide, json, yaml or name.")
    private Output output = Output.TABLE;

    @Option(names = "--no-headers", description = "A table without its headers.")
    private boolean noHeaders;

    GetMaster(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        try (MasterClient client = drover.connect()) {
            var master = client.call("get the master", stub -> stub.getMaster(GetMasterRequest.getDefaultInstance()));
            new ResourcePrinter<>(Resources.MASTER, output, !noHeaders, drover.terminal()).print(List.of(master), true);
        }
    }
}
