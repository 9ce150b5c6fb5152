package dev.drover.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where the master of this user keeps its sockets. The master looks by the same rule.
final class RunDirectory {

    private RunDirectory() {}

    static Path of(Map<String, String> environment) {
        return named(environment, "DROVER_RUN_DIR")
                .map(Path::toAbsolutePath)
                .or(RunDirectory::system)
                .or(() -> named(environment, "XDG_RUNTIME_DIR")
                        .filter(Files::isWritable)
                        .map(directory -> directory.resolve("drover")))
                .orElseGet(() -> Path.of("/tmp/drover-" + uid()));
    }

    /// Where the master of a run directory listens.
    static Path socket(Path runDirectory) {
        return runDirectory.resolve("control/control.sock");
    }

    private static Optional<Path> named(Map<String, String> environment, String variable) {
        return Optional.ofNullable(environment.get(variable))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of);
    }

    private static Optional<Path> system() {
        Path system = Path.of("/run/drover");
        return Files.isWritable(Files.exists(system) ? system : Path.of("/run"))
                ? Optional.of(system)
                : Optional.empty();
    }

    private static Object uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException _) {
            throw new CliException(
                    ExitCode.UNREACHABLE,
                    "cannot tell the run directory: /proc is not readable; set DROVER_RUN_DIR or --address");
        }
    }
}
