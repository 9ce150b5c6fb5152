package dev.drover.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
        var drover = new DroverCommand(terminal);
        var failures = new Failures(terminal.err());
        var line = new CommandLine(drover)
                .addSubcommand(new RunCommand())
                .addSubcommand(GetCommand.line(drover))
                .addSubcommand(new ApplyCommand(drover))
                .addSubcommand(new DiffCommand(drover))
                .addSubcommand(new ScaleCommand(drover))
                .addSubcommand(RolloutCommand.line(drover))
                .addSubcommand(RestartCommand.line(drover))
                .addSubcommand(new DeleteCommand(drover))
                .addSubcommand(new LogsCommand(drover))
                .addSubcommand(new SendCommand(drover))
                .addSubcommand(new SubscribeCommand(drover))
                .addSubcommand(new DrainCommand(drover))
                .addSubcommand(new StopCommand(drover))
                .addSubcommand(new ValidateCommand(terminal))
                .addSubcommand(new VersionCommand(drover))
                .addSubcommand(new HelpCommand());
        return line.registerConverter(Duration.class, Durations::parse)
                .registerConverter(Output.class, text -> Output.parse(Output.class, text))
                .registerConverter(
                        GetCommand.Events.Type.class, text -> Output.parse(GetCommand.Events.Type.class, text))
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
        var runDirectory = RunDirectory.of(terminal.environment());
        Address target = address.or(
                        () -> Optional.ofNullable(terminal.environment().get("DROVER_ADDRESS"))
                                .filter(text -> !text.isEmpty()))
                .map(Address::parse)
                .orElseGet(() -> new Address.Unix(runDirectory.resolve("control/control.sock")));
        return MasterClient.of(
                target,
                credentials,
                terminal.environment(),
                runDirectory.resolve("control/token"),
                timeout(CALL_TIMEOUT));
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
