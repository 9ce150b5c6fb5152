package dev.drover.master;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/// What the environment says in place of flags that are not given: an image has its own defaults so, and a manifest
/// changes one of them without repeating the command. An empty variable is none.
final class FlagVariables implements IDefaultValueProvider {
    /// Files and directories in place of `-f`, as PATH is written. A directory in it may be empty.
    static final String POOL_FILES = "DROVER_POOL_FILES";

    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("--control-address", "DROVER_CONTROL_ADDRESS"),
            Map.entry("--tls-certificate", "DROVER_TLS_CERTIFICATE"),
            Map.entry("--tls-key", "DROVER_TLS_KEY"),
            Map.entry("--tls-client-ca", "DROVER_TLS_CLIENT_CA"),
            Map.entry("--token-file", "DROVER_TOKEN_FILE"),
            Map.entry("--management-address", "DROVER_MANAGEMENT_ADDRESS"),
            Map.entry("--lame-duck", "DROVER_LAME_DUCK_SECONDS"),
            Map.entry("--grace", "DROVER_GRACE_SECONDS"),
            Map.entry("--pod-grace", "DROVER_POD_GRACE_SECONDS"),
            Map.entry("--log-format", "DROVER_LOG_FORMAT"));

    private final Map<String, String> environment;

    FlagVariables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? Optional.ofNullable(NAMES.get(option.longestName()))
                        .flatMap(this::value)
                        .orElse(null)
                : null;
    }

    /// Where pools are looked for without `-f`.
    List<Path> poolFiles() {
        return value(POOL_FILES).stream()
                .flatMap(text -> Stream.of(text.split(":")))
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .toList();
    }

    /// The message, with the variables that it may be about: whoever reads it has given no flag.
    ///
    /// @param arguments what was given
    String explained(String message, String... arguments) {
        var guilty = NAMES.entrySet().stream()
                .filter(name -> message.contains(name.getKey()))
                .filter(name -> Stream.of(arguments).noneMatch(argument -> argument.startsWith(name.getKey())))
                .flatMap(name -> value(name.getValue()).map(value -> name.getValue() + "=" + value).stream())
                .sorted()
                .collect(Collectors.joining(", "));
        return guilty.isEmpty() ? message : message + " (" + guilty + " in the environment)";
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }
}
