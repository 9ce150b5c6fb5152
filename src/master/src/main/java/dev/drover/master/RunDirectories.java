package dev.drover.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where masters and clients look for the run directory when nobody says.
final class RunDirectories {
    private RunDirectories() {}

    /// `DROVER_RUN_DIR`, else `/run/drover` where it is writable, else `$XDG_RUNTIME_DIR/drover`, else
    /// `/tmp/drover-UID`. Opened, checked and locked by the supervisor.
    static Path choose(Map<String, String> environment) {
        var named = environment.getOrDefault("DROVER_RUN_DIR", "");
        if (!named.isEmpty()) {
            return Path.of(named).toAbsolutePath();
        }
        var system = Path.of("/run/drover");
        if (Files.isWritable(Files.exists(system) ? system : system.resolveSibling("."))) {
            return system;
        }
        return userRuntime(environment).orElseGet(() -> privately(Path.of("/tmp/drover-" + userId())));
    }

    private static Optional<Path> userRuntime(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                .filter(directory -> !directory.isEmpty())
                .map(Path::of)
                .filter(Files::isWritable)
                .map(directory -> directory.resolve("drover"));
    }

    /// Everybody may make that name first; whoever owns the directory could put another in the place of ours.
    private static Path privately(Path directory) {
        if (Files.exists(directory, LinkOption.NOFOLLOW_LINKS)
                && !ownerOf(directory).equals(userId())) {
            throw new MasterException("cannot use run directory " + directory
                    + ": it belongs to another user; set DROVER_RUN_DIR to a directory of your own");
        }
        return directory;
    }

    /// Through the link /proc/self, which belongs to root whoever looks at it.
    private static Object userId() {
        return ownerOf(Path.of("/proc/self/."));
    }

    private static Object ownerOf(Path path) {
        try {
            return Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new MasterException("cannot tell the owner of " + path + ": " + e, e);
        }
    }
}
