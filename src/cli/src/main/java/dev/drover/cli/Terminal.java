package dev.drover.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// What surrounds a command: everything it reads and writes but the master.
///
/// @param out results
/// @param err problems and notes
/// @param in the standard input, for `-f -`
/// @param environment the environment variables
/// @param clock tells ages
/// @param ticker the pause between two looks at the master
/// @param interactive whether results go to a terminal
/// @param stty asks the terminal's driver
public record Terminal(
        PrintStream out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        Clock clock,
        Ticker ticker,
        boolean interactive,
        Stty stty) {

    /// Waits between two looks.
    @FunctionalInterface
    public interface Ticker {
        /// Waits that long; false when there shall be no further look.
        boolean pause(Duration time) throws InterruptedException;
    }

    /// The program stty(1), on the terminal the command runs on.
    @FunctionalInterface
    public interface Stty {
        /// What it says; empty where there is no terminal, or no such program.
        Optional<String> run(String... arguments);
    }

    public Terminal {
        environment = Map.copyOf(environment);
    }
}
