package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Writers that begin together and tell how long they took.
///
/// @param directory where they meet
/// @param program `output.c`, compiled
/// @param lines of each
/// @param perSecond of each; 0: as fast as it can
record OutputRun(ScratchDirectory directory, Path program, int lines, int perSecond) implements AutoCloseable {
    static final int WRITERS = 8;

    private static final Duration BOUND = Duration.ofSeconds(60);
    private static final Duration LOOK = Duration.ofMillis(10);

    static OutputRun create(Path program, int lines, int perSecond) throws IOException {
        return new OutputRun(ScratchDirectory.create(), program, lines, perSecond);
    }

    /// The command of one; its ordinal stands in `DROVER_ORDINAL`.
    List<String> command() {
        return List.of(
                program.toString(), directory.path().toString(), Integer.toString(lines), Integer.toString(perSecond));
    }

    /// Each into a reader that does nothing else: what is the most that can be had of a pipe.
    double intoBareReaders() throws IOException, InterruptedException {
        var readers = new ArrayList<Process>();
        try {
            for (int ordinal = 0; ordinal < WRITERS; ordinal++) {
                var builder = new ProcessBuilder("sh", "-c", "\"$@\" | cat > /dev/null", "sh");
                builder.command().addAll(command());
                builder.environment().put("DROVER_ORDINAL", Integer.toString(ordinal));
                readers.add(builder.start());
            }
            return linesPerSecond();
        } finally {
            for (var reader : readers) {
                reader.descendants().forEach(ProcessHandle::destroyForcibly);
                reader.destroyForcibly();
                reader.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /// Lets them begin and waits for all; lines a second of all together, by the slowest.
    double linesPerSecond() throws IOException {
        Files.createFile(directory.path().resolve("go"));
        long longest = 0;
        long start = System.nanoTime();
        for (int ordinal = 0; ordinal < WRITERS; ordinal++) {
            var done = directory.path().resolve("done-" + ordinal);
            while (!Files.exists(done)) {
                if (System.nanoTime() - start >= BOUND.toNanos()) {
                    throw new BenchException("writer " + ordinal + " did not end within " + BOUND);
                }
                ServerProcess.pause(LOOK);
            }
            longest = Math.max(longest, Long.parseLong(Files.readString(done)));
        }
        return (double) lines * WRITERS * 1e9 / longest;
    }

    @Override
    public void close() {
        directory.close();
    }
}
