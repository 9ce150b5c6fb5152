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

    /// Empty where the kernel does not tell: the process is gone, is not ours to look at, has no environment at all, or
    /// is in the middle of an execve(2), and will tell when that is done.
    static Optional<Environ> of(long pid) {
        try (var in = Files.newInputStream(Path.of("/proc/" + pid + "/environ"))) {
            var text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.UTF_8);
            return text.isEmpty() ? Optional.empty() : Optional.of(new Environ(List.of(text.split("\0", -1))));
        } catch (IOException goneOrNotOurs) {
            return Optional.empty();
        }
    }

    Optional<String> get(String name) {
        return variables.stream()
                .filter(variable -> variable.startsWith(name + "="))
                .map(variable -> variable.substring(name.length() + 1))
                .findFirst();
    }
}
