package dev.drover.supervisor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The environment a process was started with (`/proc/PID/environ`, proc(5)).
///
/// @param variables `NAME=VALUE`
record Environ(List<String> variables) {
    /// An environment is at most a quarter of the stack limit; what is longer is not looked at.
    private static final int MAX_BYTES = 2 * 1024 * 1024;

    Environ {
        variables = List.copyOf(variables);
    }

    /// Empty where the process is gone or not ours to look at: then it has none for us.
    static Environ of(long pid) {
        try (var in = Files.newInputStream(Path.of("/proc/" + pid + "/environ"))) {
            var text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return new Environ(List.of(text.split("\0", -1)));
        } catch (IOException goneOrNotOurs) {
            return new Environ(List.of());
        }
    }

    Optional<String> get(String name) {
        return variables.stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst();
    }
}
