package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Programs that run to their end.
final class Commands {
    private Commands() {}

    /// What it wrote to stdout; stderr is passed through.
    static String run(Duration bound, List<String> command) throws IOException, InterruptedException {
        var output = Files.createTempFile("drover-bench", ".out");
        try {
            var process = new ProcessBuilder(command)
                    .redirectOutput(output.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            if (!process.waitFor(bound.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new BenchException("cannot run " + command + ": not at its end after " + bound);
            }
            if (process.exitValue() != 0) {
                throw new BenchException("cannot run " + command + ": it exited with " + process.exitValue());
            }
            return Files.readString(output);
        } finally {
            Files.delete(output);
        }
    }

    /// Where a program of the `PATH` lies without which nothing can be measured.
    ///
    /// @param packages what has it, for apt-get
    static Path need(String program, String packages) {
        return find(program)
                .orElseThrow(() -> new BenchException(
                        "there is no `" + program + "` in the PATH: apt-get install -y " + packages));
    }

    /// Where a program of the `PATH` lies.
    static Optional<Path> find(String program) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
