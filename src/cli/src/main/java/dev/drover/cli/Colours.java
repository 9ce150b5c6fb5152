package dev.drover.cli;

import java.util.Map;

/// Colours of the words that tell how something stands; plain where the output is no terminal, or the user wants none
/// (`NO_COLOR`, see no-color.org, or `TERM=dumb`).
///
/// @param on whether there are any
record Colours(boolean on) {

    private static final String GREEN = "\033[32m";
    private static final String YELLOW = "\033[33m";
    private static final String RED = "\033[31m";
    private static final String PLAIN = "\033[0m";

    private static final Map<String, String> OF_WORDS = Map.ofEntries(
            Map.entry("Ready", GREEN),
            Map.entry("Running", GREEN),
            Map.entry("true", GREEN),
            Map.entry("Pending", YELLOW),
            Map.entry("Starting", YELLOW),
            Map.entry("Unready", YELLOW),
            Map.entry("Retiring", YELLOW),
            Map.entry("Draining", YELLOW),
            Map.entry("Stopping", YELLOW),
            Map.entry("false", YELLOW),
            Map.entry("Warning", YELLOW),
            Map.entry("CrashLoopBackOff", RED),
            Map.entry("Failed", RED),
            Map.entry("Hung", RED),
            Map.entry("Killed", RED),
            Map.entry("OOMKilled", RED));

    static Colours of(Terminal terminal) {
        var environment = terminal.environment();
        return new Colours(terminal.interactive()
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb"));
    }

    /// The cell of a table, in its colour where it is a word that has one.
    String paint(String cell) {
        String colour = on ? OF_WORDS.get(cell) : null;
        return colour == null ? cell : colour + cell + PLAIN;
    }
}
