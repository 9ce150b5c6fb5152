package dev.drover.examples.scenes;

import dev.drover.worker.fixtures.RawClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A scene in a process of its own, as a user starts it: Drover's or Node's.
final class SceneProcess implements AutoCloseable {
    private static final long BOUND_SECONDS = 60;

    /// More connections than it takes until everybody who accepts has had one.
    private static final int MANY = 20_000;

    private final Process process;
    private final Path errors;
    private final BlockingQueue<String> coming = new LinkedBlockingQueue<>();
    private final List<String> lines = new ArrayList<>();

    private SceneProcess(Path directory, List<String> command) {
        try {
            errors = Files.createTempFile(directory, "errors", ".txt");
            var builder = new ProcessBuilder(command).redirectError(errors.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("DROVER_"));
            process = builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        Thread.ofPlatform().daemon().name("scene-output").start(() -> read(process.inputReader()));
    }

    private void read(BufferedReader output) {
        output.lines().forEach(coming::add);
    }

    /// @param cpus how many the JVM believes to have
    static SceneProcess drover(Path directory, int cpus, Class<?> main, String... arguments) {
        var command = new ArrayList<>(Jvm.running(main));
        command.add(1, "-XX:ActiveProcessorCount=" + cpus);
        // Killed, it leaves its run directory.
        command.add(1, "-Djava.io.tmpdir=" + directory);
        command.addAll(List.of(arguments));
        return new SceneProcess(directory, command);
    }

    static SceneProcess node(Path directory, String script, String... arguments) {
        var command = new ArrayList<>(List.of("node", "src/test/resources/node/" + script));
        command.addAll(List.of(arguments));
        return new SceneProcess(directory, command);
    }

    long pid() {
        return process.pid();
    }

    /// The processes it has started.
    List<Long> children() {
        return process.children().map(ProcessHandle::pid).toList();
    }

    List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /// Waits for a line that matches, those that came before too.
    MatchResult awaitLine(String pattern) {
        var compiled = Pattern.compile(pattern);
        for (int i = 0; ; i++) {
            while (i >= lines.size()) {
                lines.add(nextLine(pattern));
            }
            var matcher = compiled.matcher(lines.get(i));
            if (matcher.find()) {
                return matcher.toMatchResult();
            }
        }
    }

    private String nextLine(String awaited) {
        try {
            var line = coming.poll(BOUND_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new AssertionError("no line '" + awaited + "' within " + BOUND_SECONDS + " s" + told());
            }
            return line;
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// What it has written so far, as far as it was waited for.
    List<String> lines() {
        return List.copyOf(lines);
    }

    private String told() {
        try {
            return "; it said " + lines + ", and " + Files.readString(errors);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// The port it has told of.
    int port() {
        return Integer.parseInt(awaitLine("listening at .*?(\\d+)$").group(1));
    }

    /// What a new client gets.
    static String reply(int port) {
        try (var client = RawClient.connect(port)) {
            return client.get("/").answer().body().strip();
        }
    }

    /// What clients get, one after the other, until it is enough.
    static Set<String> repliesUntil(int port, Predicate<Set<String>> enough) {
        var replies = new LinkedHashSet<String>();
        for (int i = 0; i < MANY && !enough.test(replies); i++) {
            replies.add(reply(port));
        }
        return replies;
    }

    /// Waits until it ends.
    int awaitExit() {
        try {
            if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("still running after " + BOUND_SECONDS + " s" + told());
            }
            return process.exitValue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// Tells it to end, and waits.
    ///
    /// @return those of its descendants that are left
    List<ProcessHandle> stop() {
        var all = descendants();
        process.destroy();
        awaitExit();
        return all.stream().filter(ProcessHandle::isAlive).toList();
    }

    /// Leaves no process behind. (A child of Node that holds a server outlives its parent.)
    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        awaitExit();
    }
}
