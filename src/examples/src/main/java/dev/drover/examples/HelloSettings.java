package dev.drover.examples;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// How [Hello] is to run.
///
/// @param port `--port N`: listen by itself, without a master
/// @param threads `--threads N`: event loops, 1 by default
/// @param startupDelay `HELLO_STARTUP_DELAY_MS`: how long it pretends to start up after it has joined
/// @param becomesReady false with `HELLO_READY=never`
record HelloSettings(OptionalInt port, int threads, Duration startupDelay, boolean becomesReady) {
    private static final int MAX_PORT = 65535;
    private static final int MAX_THREADS = 256;
    private static final int MAX_DELAY_MILLIS = 3_600_000;

    /// @throws IllegalArgumentException with a message for the user
    static HelloSettings of(List<String> arguments, Map<String, String> environment) {
        var port = OptionalInt.empty();
        int threads = 1;
        var rest = arguments.iterator();
        while (rest.hasNext()) {
            var name = rest.next();
            var value = rest.hasNext() ? rest.next() : "";
            switch (name) {
                case "--port" -> port = OptionalInt.of(number(name, value, 0, MAX_PORT));
                case "--threads" -> threads = number(name, value, 1, MAX_THREADS);
                default ->
                    throw new IllegalArgumentException(
                            "unknown argument '" + name + "'; usage: hello [--port N] [--threads N]");
            }
        }
        var delay = environment.getOrDefault("HELLO_STARTUP_DELAY_MS", "0");
        return new HelloSettings(
                port,
                threads,
                Duration.ofMillis(number("HELLO_STARTUP_DELAY_MS", delay, 0, MAX_DELAY_MILLIS)),
                !environment.getOrDefault("HELLO_READY", "").equals("never"));
    }

    private static int number(String name, String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException _) {
            // told below, as for a number out of range
        }
        throw new IllegalArgumentException(name + " is '" + value + "', expected a number from " + min + " to " + max);
    }
}
