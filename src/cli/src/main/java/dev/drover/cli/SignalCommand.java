package dev.drover.cli;

import dev.drover.protocol.control.v1.SignalWorkerRequest;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover signal`: sends a signal.
@Command(
        name = "signal",
        description = "Send a signal to a worker.",
        synopsisSubcommandLabel = "worker NAME SIGNAL",
        commandListHeading = "%nKinds:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = "  drover signal worker web-0 SIGUSR1")
final class SignalCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /// @param words what is asked for
    static CommandLine line(DroverCommand drover, List<String> words) {
        return new Verbs().add(() -> new OfWorker(drover), "worker").below(new CommandLine(new SignalCommand()), words);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing whom to signal: worker NAME SIGNAL");
    }

    @Command(
            name = "worker",
            description = {
                "Send a signal to the process of a worker, and to no other of its group.",
                "A worker that ends by it has failed, and is replaced; 'drover restart worker' loses no request."
            },
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {
                "  drover signal worker web-0 SIGUSR1",
                "  drover signal worker web-0 quit    a JVM writes down its threads, see 'drover logs web-0'"
            })
    static final class OfWorker implements Runnable {

        private final DroverCommand drover;

        @Parameters(index = "0", paramLabel = "NAME", description = "The worker, as 'drover get workers' names it.")
        private String name = "";

        @Parameters(index = "1", paramLabel = "SIGNAL", description = "Its name: SIGHUP, HUP or hup.")
        private String signal = "";

        OfWorker(DroverCommand drover) {
            this.drover = drover;
        }

        @Override
        public void run() {
            String wanted = signal.toUpperCase(Locale.ROOT);
            var request = SignalWorkerRequest.newBuilder()
                    .setName(name)
                    .setSignal(wanted)
                    .build();
            try (MasterClient master = drover.connect()) {
                int pid = master.call("signal worker " + name, stub -> stub.signalWorker(request))
                        .getPid();
                drover.terminal()
                        .out()
                        .println("worker/" + name + " signaled with "
                                + (wanted.startsWith("SIG") ? wanted : "SIG" + wanted) + " (pid " + pid + ")");
            }
        }
    }
}
