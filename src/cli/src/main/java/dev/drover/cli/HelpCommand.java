package dev.drover.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `drover help get pools`: the same as `drover get pools -h`.
///
/// Not picocli's, which knows one level only and has a `-h` of its own.
@Command(name = "help", description = "Explain a command.", optionListHeading = "%nOptions:%n")
final class HelpCommand implements Runnable {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "COMMAND", arity = "0..*", description = "What to explain: nothing is all of it.")
    private List<String> commands = new ArrayList<>();

    @Override
    public void run() {
        CommandLine line = spec.root().commandLine();
        for (String command : commands) {
            CommandLine next = line.getSubcommands().get(command);
            if (next == null) {
                throw new ParameterException(line, "Unknown command '" + command + "'");
            }
            line = next;
        }
        line.usage(line.getOut());
    }
}
