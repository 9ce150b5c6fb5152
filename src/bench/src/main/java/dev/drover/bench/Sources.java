package dev.drover.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// The programs of peers, which are written in other languages.
final class Sources {
    private static final Path MAIN = Path.of(System.getProperty("drover.bench.main", "src/bench/src/main"));
    private static final Duration COMPILE_BOUND = Duration.ofSeconds(60);
    private static final Duration VERSION_BOUND = Duration.ofSeconds(10);

    private Sources() {}

    /// How Node runs one of its programs.
    ///
    /// @param name `messages.js`
    static List<String> node(String name) {
        var node = Commands.need("node", "nodejs");
        return List.of(node.toString(), MAIN.resolve("node").resolve(name).toString());
    }

    /// For people.
    static String nodeVersion() {
        var node = Commands.find("node");
        if (node.isEmpty()) {
            return "missing (apt-get install -y nodejs)";
        }
        try {
            return Commands.run(VERSION_BOUND, List.of(node.get().toString(), "--version"))
                    .strip();
        } catch (IOException | BenchException failure) {
            return failure.toString();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    /// Compiles a C program.
    ///
    /// @param name `transfer.c`
    /// @param directory where the program is put
    static Path compile(String name, Path directory) throws IOException, InterruptedException {
        var compiler = Commands.need("cc", "gcc libc6-dev");
        var source = MAIN.resolve("c").resolve(name);
        var program = directory.resolve(name.replaceFirst("\\.c$", ""));
        Commands.run(
                COMPILE_BOUND,
                List.of(compiler.toString(), "-O2", "-pthread", "-o", program.toString(), source.toString()));
        return program;
    }
}
