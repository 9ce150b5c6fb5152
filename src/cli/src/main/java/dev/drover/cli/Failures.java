package dev.drover.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// How failures are told: one line that begins with `drover:`, says what could not be done, why, and what to do.
final class Failures
        implements CommandLine.IParameterExceptionHandler,
                CommandLine.IExecutionExceptionHandler,
                CommandLine.IExitCodeExceptionMapper {

    private final PrintStream err;

    Failures(PrintStream err) {
        this.err = err;
    }

    @Override
    public int handleParseException(ParameterException e, String[] arguments) {
        String command = e.getCommandLine().getCommandSpec().qualifiedName();
        String meant =
                meant(e).map(name -> ", did you mean '" + name + "'? See").orElse("; see");
        err.println("drover: cannot run '" + command + "': " + cause(e) + meant + " '" + command + " -h'");
        return ExitCode.USAGE;
    }

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult result) {
        if (e instanceof CliException known) {
            err.println("drover: " + Table.oneLine(String.valueOf(known.getMessage())));
        } else {
            err.println("drover: cannot finish: this is a bug, please report it with what follows");
            e.printStackTrace(err);
        }
        return getExitCode(e);
    }

    @Override
    public int getExitCode(Throwable e) {
        return e instanceof CliException known ? known.exitCode() : ExitCode.FAILED;
    }

    private static String cause(ParameterException e) {
        String message = String.valueOf(e.getMessage());
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean verb = !e.getCommandLine().getSubcommands().isEmpty();
            message = (verb ? "unknown command '" : "unexpected argument '")
                    + unmatched.getUnmatched().getFirst() + "'";
        }
        return Table.oneLine(message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1));
    }

    /// The command or option most likely meant. Picocli's guesses ignore how words begin, people do not.
    private static Optional<String> meant(ParameterException e) {
        if (!(e instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        String given = unmatched.getUnmatched().getFirst();
        Stream<String> commands =
                given.startsWith("-") ? Stream.empty() : e.getCommandLine().getSubcommands().keySet().stream();
        return Stream.concat(unmatched.getSuggestions().stream(), commands)
                .filter(name -> begin(name).equals(begin(given)))
                .findFirst();
    }

    private static String begin(String word) {
        return word.substring(0, Math.min(word.length(), word.startsWith("--") ? 3 : 1));
    }
}
