package dev.drover.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where masters and clients look for the run directory when nobody says.
final class RunDirectory {
    private RunDirectory() {}

    /// `DROVER_RUN_DIR`, else `/run/drover` where it is writable, else `$XDG_RUNTIME_DIR/drover`, else
    /// `/tmp/drover-UID`. Opened, checked and locked by the supervisor.
    static Path of(Map<String, String> environment) {
        var named = environment.getOrDefault("DROVER_RUN_DIR", "");
        if (!named.isEmpty()) {
            return Path.of(named).toAbsolutePath();
        }
        var system = Path.of("/run/drover");
        if (Files.isWritable(Files.exists(system) ? system : system.resolveSibling("."))) {
            return system;
        }
        return userRuntime(environment).orElseGet(() -> Path.of("/tmp/drover-" + uid()));
    }

    private static Optional<Path> userRuntime(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .filter(Files::isWritable)
                .map(directory -> directory.resolve("drover"));
    }

    private static Object uid() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new MasterException("cannot tell the user: /proc is not readable", e);
        }
    }
}
