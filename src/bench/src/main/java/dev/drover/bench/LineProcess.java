package dev.drover.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/// A process that answers each line it is given with one, and writes one when it has started; it ends with its input.
/// What it writes to stderr is passed through. For one thread.
final class LineProcess implements AutoCloseable {
    private static final Duration END_BOUND = Duration.ofSeconds(5);

    /// Answers that nobody has asked for: there is none.
    private static final int MAX_LINES = 16;

    private final List<String> command;
    private final Process process;
    private final String greeting;

    /// Empty at the end of the output.
    private final BlockingQueue<Optional<String>> lines = new ArrayBlockingQueue<>(MAX_LINES);

    private LineProcess(List<String> command, Process process, Duration bound) throws InterruptedException {
        this.command = command;
        this.process = process;
        Thread.ofPlatform().daemon().name("lines-" + process.pid()).start(this::read);
        this.greeting = line(bound);
    }

    /// Returns when it has greeted.
    ///
    /// @param bound for its start
    static LineProcess start(List<String> command, Duration bound) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new LineProcess(command, process, bound);
    }

    private void read() {
        try (var reader = new BufferedReader(process.inputReader(UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.put(Optional.of(line));
            }
            lines.put(Optional.empty());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private String line(Duration bound) throws InterruptedException {
        var line = lines.poll(bound.toNanos(), TimeUnit.NANOSECONDS);
        if (line == null || line.isEmpty()) {
            close();
            throw new BenchException(
                    "cannot run " + command + ": " + (line == null ? "no answer within " + bound : "it has ended"));
        }
        return line.get();
    }

    long pid() {
        return process.pid();
    }

    /// What it wrote when it had started.
    String greeting() {
        return greeting;
    }

    /// @param bound for its answer; a process that is late is ended
    String ask(String question, Duration bound) throws IOException, InterruptedException {
        var writer = process.outputWriter(UTF_8);
        writer.write(question);
        writer.newLine();
        writer.flush();
        return line(bound);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
