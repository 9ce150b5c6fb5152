package dev.drover.cli;

import dev.drover.protocol.control.v1.DrainRequest;
import dev.drover.protocol.control.v1.DrainResponse;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover drain`: finishes what is in hand; the master stays.
@Command(
        name = "drain",
        description = {
            "Finish what is in hand without ending the master: it says that it is not ready, lets no further connection"
                    + " in, and stops its workers. Then it waits to be stopped.",
            "Waits until that is done. A drain goes on when this command is ended, and cannot be taken back."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover drain",
            "  drover drain --wait-timeout 5m     for workers with a long grace",
            "  drover get events -w               in another terminal: step by step",
            "",
            "Exit codes: 0 everything was finished, 1 something was cut off or it is not over in time, 2 usage, 4 cannot"
                    + " reach the master."
        })
final class DrainCommand implements Runnable {

    private final DroverCommand drover;

    @Option(names = "--wait-timeout", paramLabel = "TIME", description = "How long to wait: 90s (default), 5m.")
    private Duration waitTimeout = Duration.ofSeconds(90);

    DrainCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        try (MasterClient master = drover.connect()) {
            DrainResponse drained = master.await(
                            "drain the master", waitTimeout, stub -> stub.drain(DrainRequest.getDefaultInstance()))
                    .orElseThrow(() -> new CliException(
                            ExitCode.FAILED,
                            "cannot see the end of the drain within " + waitTimeout.toMillis()
                                    + " ms: it goes on; wait longer with --wait-timeout, or cut it short with 'drover"
                                    + " stop'"));
            if (drained.getKilled() > 0 || drained.getCut() > 0) {
                throw new CliException(
                        ExitCode.FAILED,
                        "cannot drain the master without loss: killed workers: " + drained.getKilled()
                                + ", waiting connections cut off: " + drained.getCut()
                                + "; it waits to be stopped with 'drover stop'");
            }
            drover.terminal().out().println("master drained");
        }
    }
}
