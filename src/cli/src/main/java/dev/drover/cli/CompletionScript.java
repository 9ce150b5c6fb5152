package dev.drover.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// The completion of all commands as a script for bash, and for zsh by its `bashcompinit`.
///
/// Not by picocli's AutoComplete, whose scripts know no names of a running master. Commands, flags and choices stand in
/// the script; only names are asked for, so only they cost the start of a process.
final class CompletionScript {

    private static final String SIGNALS =
            "SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGTERM SIGKILL SIGCONT SIGSTOP SIGWINCH";

    private static final String ZSH = """
            autoload -U +X bashcompinit && bashcompinit
            """;

    private static final String BODY = """
            _drover_names() {
                "${COMP_WORDS[0]}" "${_drover_master[@]}" __complete "$1" 2>/dev/null
            }

            # What a word of that kind can be.
            _drover_values() {
                case $1 in
                    @pools|@workers|@sockets) _drover_names "${1#@}" ;;
                    @targets) _drover_names workers; _drover_names pools | sed 's|^|pool/|' ;;
                    @logs) _drover_names workers; _drover_names pools ;;
                    @pool-targets) _drover_names pools | sed 's|^|pool/|' ;;
                    @files) compgen -f -- "$2" ;;
                    *) echo "$1" ;;
                esac
            }

            _drover() {
                local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb='' word value i
                local verbs flags takes values names ways valued=''
                local -a _drover_master=()
                COMPREPLY=()
                # bash divides --flag=value into three words.
                if [ "$cur" = '=' ]; then
                    cur=''
                elif [ "$prev" = '=' ] && [ "$COMP_CWORD" -gt 2 ]; then
                    prev=${COMP_WORDS[COMP_CWORD-2]}
                fi
                _drover_at ''
                ways=$takes
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    if [ "$word" = '=' ]; then
                        continue
                    elif [ -n "$valued" ]; then
                        case " $ways " in *" $valued "*) _drover_master+=("$valued" "$word") ;; esac
                        valued=''
                        continue
                    fi
                    case $word in
                        -*)
                            case " $takes " in *" $word "*) valued=$word ;; esac
                            ;;
                        *)
                            case " $verbs " in
                                *" $word "*)
                                    verb="$verb $word"
                                    _drover_at "$verb"
                                    ;;
                                *) names="${names#* }" ;;
                            esac
                            ;;
                    esac
                done
                if [ -n "$valued" ]; then
                    value=$(_drover_value "$verb $prev")
                    COMPREPLY=($(compgen -W "$(_drover_values "$value" "$cur")" -- "$cur"))
                elif [ "${cur#-}" != "$cur" ]; then
                    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
                elif [ -n "$verbs" ]; then
                    COMPREPLY=($(compgen -W "$verbs" -- "$cur"))
                else
                    # Of several kinds of words the first is wanted; the last may be given again.
                    value=${names%% *}
                    COMPREPLY=($(compgen -W "$(_drover_values "${value//,/ }" "$cur")" -- "$cur"))
                fi
            }
            complete -o default -F _drover drover
            """;

    private CompletionScript() {}

    static String of(CommandLine line, CompletionCommand.Shell shell) {
        String name = shell.name().toLowerCase(Locale.ROOT);
        var commands = new ArrayList<String>();
        var values = new ArrayList<String>();
        add(line, "", commands, values);
        String zsh = switch (shell) {
            case BASH -> "";
            case ZSH -> ZSH;
        };
        return "# " + name + " completion for drover, by 'drover completion " + name + "'.\n" + zsh
                + function("_drover_at", "$1", commands)
                + function("_drover_value", "$1", values)
                + BODY;
    }

    private static String function(String name, String on, List<String> cases) {
        return "\n" + name + "() {\n    case " + on + " in\n" + String.join("", cases) + "    esac\n}\n\n";
    }

    private static void add(CommandLine line, String path, List<String> commands, List<String> values) {
        var spec = line.getCommandSpec();
        List<String> verbs = spec.subcommands().entrySet().stream()
                .filter(verb -> !verb.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
        List<OptionSpec> options =
                spec.options().stream().filter(option -> !option.hidden()).toList();
        commands.add("        '%s') verbs='%s' flags='%s' takes='%s' names='%s' ;;%n"
                .formatted(
                        path,
                        String.join(" ", verbs),
                        words(options.stream()),
                        words(options.stream().filter(option -> option.arity().min() > 0)),
                        names(spec.name(), spec.positionalParameters())));
        options.stream()
                .filter(option -> option.arity().min() > 0)
                .forEach(option -> values.add("        %s) echo '%s' ;;%n"
                        .formatted(
                                Arrays.stream(option.names())
                                        .map(name -> "'" + path + " " + name + "'")
                                        .collect(Collectors.joining("|")),
                                values(option, spec.name()))));
        line.getSubcommands().forEach((verb, sub) -> {
            if (verbs.contains(verb)) {
                add(sub, path + " " + verb, commands, values);
            }
        });
    }

    private static String words(Stream<OptionSpec> options) {
        return options.flatMap(option -> Arrays.stream(option.names())).collect(Collectors.joining(" "));
    }

    private static String names(String command, List<PositionalParamSpec> parameters) {
        return parameters.stream()
                .map(each -> values(each, command).replace(' ', ','))
                .collect(Collectors.joining(" "));
    }

    /// The choices, or the kind of name. An argument's label tells what it is.
    private static String values(ArgSpec argument, String command) {
        if (argument.typeInfo().isEnum()) {
            return argument.typeInfo().getEnumConstantNames().stream()
                    .map(choice -> choice.toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(" "));
        }
        return switch (argument.paramLabel()) {
            case "POOL" -> command.equals("delete") ? "@pool-targets" : "@pools";
            case "WORKER|POOL" -> "@logs";
            case "TARGET" -> "@targets";
            case "SIGNAL" -> SIGNALS;
            case "FILE", "FILE|DIR" -> "@files";
            case "WORKER" -> "@workers";
            case "NAME" -> command.matches("(pool|worker|socket)s?") ? "@" + command.replaceFirst("s?$", "s") : "";
            case "TYPE" -> "Normal Warning";
            case "true|false" -> "true false";
            default -> "";
        };
    }
}
