package dev.drover.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/// The `drover` command: the options every verb has, and the way to the master.
@Command(
        name = "drover",
        description = "Runs workers behind sockets that outlive them, and steers them.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover run -f pool.yaml          start a master with the pools of a file",
            "  drover get pools                 what it runs",
            "  drover get workers -w            how its workers come and go",
            "  drover describe pool web         everything of a pool, and what happened to it",
            "  drover top                       what they use, in place",
            "  drover logs web -f               what its workers write",
            "  drover apply -f pool.yaml        change what it shall run",
            "  drover rollout status web        wait until a change is rolled out, or has failed",
            "  drover restart worker web-0      replace one worker, no request lost",
            "  drover send web-0 --data hello   say something to a worker",
            "  drover stop                      stop the master and wait until it is gone",
            "",
            "Exit codes: 0 fine, 1 the operation failed, 2 usage, 3 not found, 4 cannot reach the master."
        })
final class DroverCommand implements Runnable {

    /// What one call may take, unless the user says otherwise.
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

    /// What one call may take while somebody waits for a word to be completed.
    static final Duration COMPLETION_TIMEOUT = Duration.ofSeconds(1);

    private final Terminal terminal;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            scope = ScopeType.INHERIT,
            description = {
                "Where the master listens: unix:PATH, HOST:PORT on this machine, https://HOST:PORT elsewhere.",
                "Default: DROVER_ADDRESS, else control/control.sock in the run directory (DROVER_RUN_DIR, else"
                        + " /run/drover, $XDG_RUNTIME_DIR/drover or /tmp/drover-UID, the first that is writable)."
            })
    private Optional<String> address = Optional.empty();

    @Mixin
    private Credentials credentials = new Credentials();

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            scope = ScopeType.INHERIT,
            description = "How long one call to the master may take: 500ms, 10s (default), 2m.")
    private Optional<Duration> timeout = Optional.empty();

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Explain this command.")
    @SuppressWarnings("UnusedVariable") // picocli looks at it
    private boolean help;

    private DroverCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /// The command with all its verbs.
    static CommandLine line(Terminal terminal) {
        return line(terminal, Optional.empty());
    }

    /// The command with the verb that the arguments ask for, or with all where they ask for none that it knows: to look
    /// at a class of each takes longer than most of what they do.
    static CommandLine line(Terminal terminal, List<String> arguments) {
        return line(terminal, verb(arguments));
    }

    private static CommandLine line(Terminal terminal, Optional<String> verb) {
        var drover = new DroverCommand(terminal);
        var failures = new Failures(terminal.err());
        var line = new CommandLine(drover);
        var verbs = verbs(drover);
        // Help knows them all.
        verb.filter(name -> !name.equals("help"))
                .map(verbs::get)
                .ifPresentOrElse(
                        wanted -> line.addSubcommand(wanted.get()),
                        () -> verbs.values().forEach(each -> line.addSubcommand(each.get())));
        return line.registerConverter(Duration.class, Durations::parse)
                .registerConverter(TopCommand.Kind.class, text -> Output.parse(TopCommand.Kind.class, text))
                .registerConverter(TopRow.Order.class, text -> Output.parse(TopRow.Order.class, text))
                .registerConverter(
                        CompletionCommand.Shell.class, text -> Output.parse(CompletionCommand.Shell.class, text))
                .registerConverter(Output.class, text -> Output.parse(Output.class, text))
                .registerConverter(GetEvents.Type.class, text -> Output.parse(GetEvents.Type.class, text))
                .registerConverter(
                        SubscribeCommand.Format.class, text -> Output.parse(SubscribeCommand.Format.class, text))
                .registerConverter(VersionCommand.Format.class, text -> Output.parse(VersionCommand.Format.class, text))
                .setUsageHelpAutoWidth(false)
                .setUsageHelpWidth(100)
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(failures)
                .setExecutionExceptionHandler(failures)
                .setExitCodeExceptionMapper(failures);
    }

    private static Map<String, Supplier<Object>> verbs(DroverCommand drover) {
        Map<String, Supplier<Object>> verbs = new LinkedHashMap<>();
        verbs.put("run", () -> new RunCommand());
        verbs.put("get", () -> GetCommand.line(drover));
        verbs.put("describe", () -> DescribeCommand.line(drover));
        verbs.put("top", () -> new TopCommand(drover));
        verbs.put("apply", () -> new ApplyCommand(drover));
        verbs.put("diff", () -> new DiffCommand(drover));
        verbs.put("scale", () -> new ScaleCommand(drover));
        verbs.put("rollout", () -> RolloutCommand.line(drover));
        verbs.put("restart", () -> RestartCommand.line(drover));
        verbs.put("delete", () -> new DeleteCommand(drover));
        verbs.put("signal", () -> SignalCommand.line(drover));
        verbs.put("logs", () -> new LogsCommand(drover));
        verbs.put("send", () -> new SendCommand(drover));
        verbs.put("subscribe", () -> new SubscribeCommand(drover));
        verbs.put("drain", () -> new DrainCommand(drover));
        verbs.put("stop", () -> new StopCommand(drover));
        verbs.put("validate", () -> new ValidateCommand(drover.terminal()));
        verbs.put("version", () -> new VersionCommand(drover));
        verbs.put("help", () -> new HelpCommand());
        verbs.put("completion", () -> new CompletionCommand(drover));
        verbs.put("__complete", () -> new CompletionCommand.Names(drover));
        return verbs;
    }

    /// The first argument that is neither an option nor the value of one; none behind `-h`, which wants to tell of all.
    /// All other options that may stand before a verb have a value.
    private static Optional<String> verb(List<String> arguments) {
        boolean value = false;
        for (String argument : arguments) {
            if (argument.equals("-h") || argument.equals("--help")) {
                return Optional.empty();
            }
            if (!value && !argument.startsWith("-")) {
                return Optional.of(argument);
            }
            value = !value && !argument.contains("=");
        }
        return Optional.empty();
    }

    /// `drover` alone.
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }

    Terminal terminal() {
        return terminal;
    }

    /// Opens the way to the master; the first call tells whether it answers.
    MasterClient connect() {
        return connect(timeout(CALL_TIMEOUT));
    }

    /// @param timeout of one call
    MasterClient connect(Duration timeout) {
        var runDirectory = RunDirectory.of(terminal.environment());
        Address target = address.or(
                        () -> Optional.ofNullable(terminal.environment().get("DROVER_ADDRESS"))
                                .filter(text -> !text.isEmpty()))
                .map(Address::parse)
                .orElseGet(() -> new Address.Unix(runDirectory.resolve("control/control.sock")));
        return MasterClient.of(
                target, credentials, terminal.environment(), runDirectory.resolve("control/token"), timeout);
    }

    /// What the user gave.
    Optional<Duration> timeout() {
        return timeout;
    }

    /// What the user gave, or what is usual.
    Duration timeout(Duration usual) {
        return timeout.orElse(usual);
    }
}
