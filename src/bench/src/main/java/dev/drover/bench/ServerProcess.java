package dev.drover.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A server as a process, which answers `GET /?id=N` with `ok N PID`.
final class ServerProcess implements AutoCloseable {
    private static final Duration START_BOUND = Duration.ofSeconds(60);
    private static final Duration STOP_BOUND = Duration.ofSeconds(20);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(1);

    private final Process process;
    private final Path directory;
    private final InetSocketAddress address;
    private final Duration startTime;

    private ServerProcess(Process process, Path directory, InetSocketAddress address) {
        this.process = process;
        this.directory = directory;
        this.address = address;
        this.startTime = awaitAnswer(OptionalLong.empty());
    }

    /// @param directory for its output; deleted at the end
    static ServerProcess start(
            List<String> command, Map<String, String> environment, Path directory, InetSocketAddress address)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("DROVER_"));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), directory, address);
    }

    long pid() {
        return process.pid();
    }

    InetSocketAddress address() {
        return address;
    }

    /// From its start to the first answer.
    Duration startTime() {
        return startTime;
    }

    /// Who answers now.
    long answeringPid() throws IOException {
        return HttpLoad.answeringPid(address);
    }

    /// Waits for an answer by another process than this one, and tells how long it took.
    Duration awaitAnswer(OptionalLong butNotBy) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < START_BOUND.toNanos()) {
            try {
                long pid = answeringPid();
                if (butNotBy.isEmpty() || butNotBy.getAsLong() != pid) {
                    return Duration.ofNanos(System.nanoTime() - start);
                }
            } catch (IOException _) {
                // Not there yet, or the connection of the one that was killed.
            }
            if (!process.isAlive()) {
                break;
            }
            pause(BETWEEN_TRIES);
        }
        var log = log();
        close();
        throw new BenchException("no answer at " + address + ", where this was written:\n" + log);
    }

    /// Lets time pass in which nothing is asked of the server.
    static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private String log() {
        try {
            return new String(Files.readAllBytes(directory.resolve("log")), UTF_8);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            try (var files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException failure) {
            throw new BenchException("cannot remove " + directory + ": " + failure);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
