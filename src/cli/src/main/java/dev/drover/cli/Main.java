package dev.drover.cli;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The client verbs of the `drover` command. Its exit codes are [ExitCode]'s.
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        System.exit(run(terminal(), arguments));
    }

    /// The one this process was started from.
    static Terminal terminal() {
        return new Terminal(
                stream(FileDescriptor.out, false),
                stream(FileDescriptor.err, true),
                System.in,
                System.getenv(),
                Clock.systemUTC(),
                // Nothing ever counts it down: a wait of the given time, ended early by an interrupt.
                pause -> !new CountDownLatch(1).await(pause.toMillis(), TimeUnit.MILLISECONDS),
                isTerminal(),
                Main::stty);
    }

    /// Runs one command against the given surroundings and returns its exit code.
    public static int run(Terminal terminal, String... arguments) {
        var words = List.of(arguments);
        try (var early = EarlyChannel.start(terminal.environment(), words)) {
            int code = DroverCommand.line(terminal, early, words).execute(arguments);
            terminal.out().flush();
            terminal.err().flush();
            return code;
        }
    }

    /// Not by System.console(), which wants the standard input to be one too.
    private static boolean isTerminal() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().matches("/dev/(pts/|tty|console).*");
        } catch (IOException _) {
            return false;
        }
    }

    /// Its standard input is the terminal, whatever ours is.
    private static Optional<String> stty(String... arguments) {
        try {
            var command = new ArrayList<>(List.of("stty"));
            command.addAll(List.of(arguments));
            var process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /// UTF-8 whatever the locale of the container says.
    private static PrintStream stream(FileDescriptor descriptor, boolean flushedByLine) {
        OutputStream file = new FileOutputStream(descriptor);
        return new PrintStream(new BufferedOutputStream(file), flushedByLine, StandardCharsets.UTF_8);
    }
}
