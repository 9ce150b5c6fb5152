package dev.drover.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /// The environment variable that says where the master is.
    static final String ADDRESS_VARIABLE = "DROVER_ADDRESS";

    private final Terminal terminal;
    private final EarlyChannel early;

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

    private DroverCommand(Terminal terminal, EarlyChannel early) {
        this.terminal = terminal;
        this.early = early;
    }

    /// The command with all its verbs.
    static CommandLine line(Terminal terminal) {
        return line(terminal, EarlyChannel.none(), List.of());
    }

    /// The command with the verbs that the arguments may ask for.
    static CommandLine line(Terminal terminal, EarlyChannel early, List<String> arguments) {
        var drover = new DroverCommand(terminal, early);
        var failures = new Failures(terminal.err());
        List<String> words = Verbs.words(arguments);
        // Help knows them all.
        if (words.contains("help")) {
            words = List.of();
        }
        var line = verbs(drover, words.subList(Math.min(1, words.size()), words.size()))
                .below(new CommandLine(drover), words);
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

    /// @param words what stands behind the verb
    private static Verbs verbs(DroverCommand drover, List<String> words) {
        return new Verbs()
                .add(() -> new RunCommand(), "run")
                .add(() -> GetCommand.line(drover, words), "get")
                .add(() -> DescribeCommand.line(drover, words), "describe")
                .add(() -> new TopCommand(drover), "top")
                .add(() -> new ApplyCommand(drover), "apply")
                .add(() -> new DiffCommand(drover), "diff")
                .add(() -> new ScaleCommand(drover), "scale")
                .add(() -> RolloutCommand.line(drover, words), "rollout")
                .add(() -> RestartCommand.line(drover, words), "restart")
                .add(() -> new DeleteCommand(drover), "delete")
                .add(() -> SignalCommand.line(drover, words), "signal")
                .add(() -> new LogsCommand(drover), "logs")
                .add(() -> new SendCommand(drover), "send")
                .add(() -> new SubscribeCommand(drover), "subscribe")
                .add(() -> new DrainCommand(drover), "drain")
                .add(() -> new StopCommand(drover), "stop")
                .add(() -> new ValidateCommand(drover.terminal()), "validate")
                .add(() -> new VersionCommand(drover), "version")
                .add(() -> new HelpCommand(), "help")
                .add(() -> new CompletionCommand(drover), "completion")
                .add(() -> new CompletionCommand.Names(drover), "__complete");
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
                        () -> Optional.ofNullable(terminal.environment().get(ADDRESS_VARIABLE))
                                .filter(text -> !text.isEmpty()))
                .map(Address::parse)
                .orElseGet(() -> new Address.Unix(RunDirectory.socket(runDirectory)));
        return MasterClient.of(
                target, early, credentials, terminal.environment(), runDirectory.resolve("control/token"), timeout);
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
