package dev.drover.master;

import dev.drover.master.log.LogFormat;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// The flags of `drover run`. Parsed before Quarkus is even loaded, so that a mistake is told at once.
@Command(
        name = "drover run",
        description = {
            "Starts a master in the foreground: it opens the sockets of the pools, starts their workers and "
                    + "keeps both alive until it is stopped.%n"
        },
        versionProvider = RunCommand.Version.class,
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        optionListHeading = "%nFlags:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover run                               a hello service on port 8080, one worker per CPU",
            "  drover run -f pool.yaml                  the pools of a file",
            "  drover run -f /etc/drover --lame-duck 5  the pools of a directory; on TERM say \"not ready\"",
            "                                           for 5 seconds before connections are refused",
            "  curl http://127.0.0.1:9000/q/health/ready   is every pool available?",
            "  drover run --control-address 0.0.0.0:9443 --tls-certificate tls.crt --tls-key tls.key \\",
            "             --token-file tokens           steered from other machines, by whoever has a token",
            "",
            "Signals: TERM, INT stop (a second one hastens); HUP reads the files again;",
            "         TTIN, TTOU one worker more, fewer in pools with a set count.",
            "Environment, for flags that are not given: DROVER_CONTROL_ADDRESS, DROVER_MANAGEMENT_ADDRESS,",
            "         DROVER_LAME_DUCK_SECONDS, DROVER_GRACE_SECONDS, DROVER_POD_GRACE_SECONDS,",
            "         DROVER_LOG_FORMAT, DROVER_TLS_CERTIFICATE, DROVER_TLS_KEY, DROVER_TLS_CLIENT_CA,",
            "         DROVER_TOKEN_FILE; and DROVER_POOL_FILES, files and directories of pools divided by ':'",
            "         (directories without a pool file: the default pool).",
            "Exit: 0 stopped cleanly; 1 failed, or something had to be killed; 2 usage or bad file."
        })
final class RunCommand {
    private static final int LONGEST_SECONDS = 86_400;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE|DIR",
            description = "Pools to run; may be given again. Default: those of DROVER_POOL_FILES, else a hello service "
                    + "on port 8080.")
    private List<Path> files = List.of();

    @Option(
            names = "--control-address",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9090",
            description = "Where the control API listens besides control.sock: a loopback address, with TLS any, or "
                    + "'off'; port 0 lets the kernel choose. Default: ${DEFAULT-VALUE}")
    private String controlAddress = "";

    @Mixin
    private AccessFlags access = new AccessFlags();

    @Option(
            names = "--management-address",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:9000",
            description = "Where health checks are answered (/q/health/started, live, ready), or 'off'. "
                    + "Default: ${DEFAULT-VALUE}")
    private String managementAddress = "";

    @Option(
            names = "--lame-duck",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description =
                    "How long a stop keeps serving while it already says \"not ready\". Default: " + "${DEFAULT-VALUE}")
    private int lameDuckSeconds;

    @Option(
            names = "--grace",
            paramLabel = "SECONDS",
            defaultValue = Option.NULL_VALUE,
            description = "Time between the stop signal and KILL when the master stops. Default: each pool's "
                    + "terminationGracePeriodSeconds")
    private Optional<Integer> graceSeconds = Optional.empty();

    @Option(
            names = "--pod-grace",
            paramLabel = "SECONDS",
            defaultValue = Option.NULL_VALUE,
            description = "Time between TERM and KILL that whoever stops the master leaves it (a Pod's "
                    + "terminationGracePeriodSeconds): a warning tells when the pools need more")
    private Optional<Integer> podGraceSeconds = Optional.empty();

    @Option(
            names = "--log-format",
            paramLabel = "text|json",
            defaultValue = "text",
            description = "How lines are written to standard output. Default: ${DEFAULT-VALUE}")
    private LogFormat logFormat = LogFormat.TEXT;

    @Mixin
    private MessageFlags messages = new MessageFlags();

    private RunCommand() {}

    /// Looked for only when it is asked for: that opens every jar of the class path.
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"drover " + MasterProcess.version()};
        }
    }

    /// What came of the arguments.
    sealed interface Parsed {
        /// They ask for a master.
        record Run(RunOptions options) implements Parsed {}

        /// They ask for a text.
        record Print(String text) implements Parsed {}

        /// They are wrong.
        record Wrong(String message) implements Parsed {}
    }

    /// @param environment the master's own
    static Parsed parse(Map<String, String> environment, String... arguments) {
        var command = new RunCommand();
        var variables = new FlagVariables(environment);
        var line = new CommandLine(command)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setDefaultValueProvider(variables);
        try {
            line.parseArgs(arguments);
            if (line.isUsageHelpRequested()) {
                return new Parsed.Print(line.getUsageMessage());
            }
            if (line.isVersionHelpRequested()) {
                return new Parsed.Print(versionText(line));
            }
            return new Parsed.Run(command.checked(variables));
        } catch (ParameterException | IllegalArgumentException wrong) {
            return new Parsed.Wrong(variables.explained(String.valueOf(wrong.getMessage()), arguments));
        }
    }

    private static String versionText(CommandLine line) {
        var text = new StringWriter();
        line.printVersionHelp(new PrintWriter(text, true), CommandLine.Help.Ansi.OFF);
        return text.toString();
    }

    private RunOptions checked(FlagVariables variables) {
        var control = address("--control-address", controlAddress);
        access.check(control);
        return new RunOptions(
                files,
                variables.poolFiles(),
                control,
                access.tls(),
                access.tokenFile(),
                address("--management-address", managementAddress),
                seconds("--lame-duck", lameDuckSeconds),
                graceSeconds.map(grace -> seconds("--grace", grace)),
                podGraceSeconds.map(grace -> seconds("--pod-grace", grace)),
                logFormat,
                messages.limits(Runtime.getRuntime().maxMemory()));
    }

    private static Optional<ListenAddress> address(String flag, String text) {
        if (text.equals("off")) {
            return Optional.empty();
        }
        try {
            return Optional.of(ListenAddress.parse(text));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(flag + ": " + wrong.getMessage(), wrong);
        }
    }

    private static Duration seconds(String flag, int seconds) {
        if (seconds < 0 || seconds > LONGEST_SECONDS) {
            throw new IllegalArgumentException(
                    flag + ": " + seconds + " is not within 0.." + LONGEST_SECONDS + " seconds");
        }
        return Duration.ofSeconds(seconds);
    }
}
