package dev.drover.cli;

import dev.drover.poolfile.PoolFileResult;
import dev.drover.poolfile.PoolFiles;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/// The files a verb takes pools from.
final class PoolFileOption {

    @Option(
            names = {"-f", "--filename"},
            paramLabel = "FILE",
            required = true,
            arity = "1..*",
            description = "A file or a directory; may be given several times. - is the standard input.")
    private List<Path> files = new ArrayList<>();

    /// Everything that is in them, and wrong with them.
    PoolFileResult read(Terminal terminal) {
        return PoolFiles.read(files, terminal.in());
    }

    /// The pools that are in them. Where something is wrong, every problem is told.
    List<WorkerPool> pools(Terminal terminal, String purpose) {
        PoolFileResult result = read(terminal);
        int count = result.problems().size();
        if (count > 0) {
            result.problems().forEach(terminal.err()::println);
            throw new CliException(
                    ExitCode.USAGE,
                    "cannot " + purpose + ": the files have " + (count == 1 ? "1 problem" : count + " problems")
                            + ", told above; correct " + (count == 1 ? "it" : "them") + " first");
        }
        return result.pools();
    }
}
