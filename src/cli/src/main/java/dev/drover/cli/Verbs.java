package dev.drover.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;

/// The verbs below a command. Only the one that is asked for is made, or all where none that is here is: picocli looks
/// at each field of a class, which for all of them takes longer than what most of them do.
final class Verbs {

    private record Verb(List<String> names, Supplier<Object> command) {}

    private final List<Verb> verbs = new ArrayList<>();

    /// @param command an object that picocli looks at, or a [CommandLine]
    /// @param names the verb, and its aliases
    Verbs add(Supplier<Object> command, String... names) {
        verbs.add(new Verb(List.of(names), command));
        return this;
    }

    /// @param words what is asked for, first the verb
    /// @return the line
    CommandLine below(CommandLine line, List<String> words) {
        Optional<Verb> wanted = words.stream()
                .findFirst()
                .flatMap(word -> verbs.stream()
                        .filter(verb -> verb.names().contains(word))
                        .findFirst());
        wanted.map(List::of)
                .orElse(verbs)
                .forEach(verb -> line.addSubcommand(verb.command().get()));
        return line;
    }

    /// The words of a command line that are neither options nor values of some, up to `-h`, which wants to tell of all.
    /// An option is taken to have a value, so that words may be missing, but none is there that was given as one.
    static List<String> words(List<String> arguments) {
        List<String> words = new ArrayList<>();
        boolean value = false;
        for (String argument : arguments) {
            if (argument.equals("-h") || argument.equals("--help")) {
                break;
            }
            if (!value && !argument.startsWith("-")) {
                words.add(argument);
            }
            value = !value && argument.startsWith("-") && !argument.contains("=");
        }
        return words;
    }
}
