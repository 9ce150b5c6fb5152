package dev.drover.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/// What surrounds a command: everything it reads and writes but the master.
///
/// @param out results
/// @param err problems and notes
/// @param in the standard input, for `-f -`
/// @param environment the environment variables
/// @param clock tells ages
/// @param ticker the pause between two looks at the master
/// @param interactive whether results go to a terminal
public record Terminal(
        PrintStream out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        Clock clock,
        Ticker ticker,
        boolean interactive) {

    /// Waits between two looks.
    @FunctionalInterface
    public interface Ticker {
        /// Waits that long; false when there shall be no further look.
        boolean pause(Duration time) throws InterruptedException;
    }

    public Terminal {
        environment = Map.copyOf(environment);
    }
}
