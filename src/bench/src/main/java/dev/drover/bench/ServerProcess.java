package dev.drover.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
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
    private final ScratchDirectory directory;
    private final InetSocketAddress address;
    private final Duration startTime;

    private ServerProcess(Process process, ScratchDirectory directory, InetSocketAddress address) {
        this.process = process;
        this.directory = directory;
        this.address = address;
        this.startTime = awaitAnswer(OptionalLong.empty());
    }

    /// @param directory for its output; deleted at the end
    static ServerProcess start(
            List<String> command,
            Map<String, String> environment,
            ScratchDirectory directory,
            InetSocketAddress address)
            throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.path().resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("DROVER_"));
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), directory, address);
    }

    long pid() {
        return process.pid();
    }

    /// Where its files are.
    Path directory() {
        return directory.path();
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

    /// Waits until so many processes have answered.
    void awaitAnswers(int processes) throws IOException {
        var answered = new HashSet<Long>();
        long start = System.nanoTime();
        while (answered.size() < processes) {
            if (System.nanoTime() - start >= START_BOUND.toNanos()) {
                throw new BenchException("only " + answered + " answer at " + address + ", not " + processes
                        + " processes; this was written:\n" + log());
            }
            answered.add(answeringPid());
        }
    }

    /// CPU time so far of it and its children, those that live.
    Duration cpuTime() throws IOException {
        var sum = ProcessFiles.cpuTime(pid());
        for (var child : process.descendants().toList()) {
            sum = sum.plus(ProcessFiles.cpuTime(child.pid()));
        }
        return sum;
    }

    /// Leaves it and its children these processors only.
    void confine(List<Integer> processors) throws IOException, InterruptedException {
        Processors.confine(process.toHandle(), processors);
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
            return new String(Files.readAllBytes(directory.path().resolve("log")), UTF_8);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try (directory) {
            if (!process.waitFor(STOP_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
