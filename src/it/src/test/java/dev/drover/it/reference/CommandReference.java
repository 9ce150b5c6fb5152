package dev.drover.it.reference;

import dev.drover.cli.Main;
import dev.drover.cli.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// `docs/reference/command.md`: every verb with its help.
final class CommandReference {

    private static final Pattern VERBS = Pattern.compile("^(?:Commands|Kinds):\n((?: {2}.*\n)+)", Pattern.MULTILINE);
    private static final Pattern VERB = Pattern.compile("^ {2}([a-z]+)", Pattern.MULTILINE);

    private final String run;
    private final StringBuilder page = new StringBuilder();

    private CommandReference(String run) {
        this.run = run;
    }

    /// @param run what `drover run -h` says
    static String of(String run) {
        return new CommandReference(run).page();
    }

    private String page() {
        page.append("""
                # Reference: the command

                What `drover VERB -h` says of every verb; `make check` fails when it is older.
                """);
        add("drover", help(List.of()));
        return page.toString();
    }

    private void add(String command, String help) {
        page.append("\n## ")
                .append(command)
                .append("\n\n```text\n")
                .append(help)
                .append("```\n");
        for (String verb : verbs(help)) {
            String next = command + " " + verb;
            add(
                    next,
                    next.equals("drover run")
                            ? run
                            : help(List.of(next.split(" ", -1)).subList(1, next.split(" ", -1).length)));
        }
    }

    private static List<String> verbs(String help) {
        return VERBS.matcher(help)
                .results()
                .flatMap(block -> VERB.matcher(block.group(1)).results())
                .map((MatchResult verb) -> verb.group(1))
                .toList();
    }

    private static String help(List<String> verbs) {
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        String[] arguments = java.util.stream.Stream.concat(java.util.stream.Stream.of("help"), verbs.stream())
                .toArray(String[]::new);
        var terminal = new Terminal(
                stream,
                stream,
                InputStream.nullInputStream(),
                Map.of(),
                Clock.systemUTC(),
                _ -> false,
                false,
                _ -> Optional.empty());
        int code = Main.run(terminal, arguments);
        String said = out.toString(StandardCharsets.UTF_8);
        if (code != 0) {
            throw new AssertionError(String.join(" ", arguments) + ": " + said);
        }
        return said;
    }
}
