package dev.drover.cli;

import dev.drover.poolfile.PoolFileResult;
import dev.drover.protocol.pool.v1.WorkerPool;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `drover validate`: says everything that is wrong in pool files. Needs no master.
@Command(
        name = "validate",
        description = {
            "Check pool files; no master is needed.",
            "Tells every problem of every file, one line each: FILE:LINE: FIELD: what is wrong and what is allowed."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover validate -f pool.yaml",
            "  drover validate -f /etc/drover     every *.yaml and *.yml of a directory",
            "  drover validate -f - < pool.yaml   the standard input"
        })
final class ValidateCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private PoolFileOption files = new PoolFileOption();

    ValidateCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        PoolFileResult result = files.read(terminal);
        result.files().stream()
                .filter(file -> result.problems().stream()
                        .noneMatch(problem -> problem.file().equals(file)))
                .forEach(file -> terminal.out().println(file + ": ok (" + pools(result, file) + ")"));
        result.problems().forEach(terminal.err()::println);
        return result.problems().isEmpty() ? ExitCode.OK : ExitCode.USAGE;
    }

    private static String pools(PoolFileResult result, Path file) {
        List<String> names = result.found().stream()
                .filter(found -> found.file().equals(file))
                .map(PoolFileResult.Found::pool)
                .map(WorkerPool::getMetadata)
                .map(metadata -> metadata.getName())
                .toList();
        return switch (names.size()) {
            case 0 -> "no pool";
            case 1 -> "pool " + names.getFirst();
            default -> names.stream().collect(Collectors.joining(", ", "pools ", ""));
        };
    }
}
