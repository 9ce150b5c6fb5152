package dev.drover.posix;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a child process is to be. The descriptors stay the caller's, who may close them once `spawn` has returned.
///
/// @param command the program and its arguments; a program without a slash is looked up in the `PATH` of
///     `environment`
/// @param environment all variables of the child; nothing is inherited
/// @param workingDirectory where it starts; the parent's when empty
/// @param stdin its descriptor 0; `/dev/null` when empty
/// @param stdout its descriptor 1; the parent's when empty
/// @param stderr its descriptor 2; the parent's when empty
/// @param inherited its descriptors 3, 4 and so on, in this order; it has no others
public record SpawnRequest(
        List<String> command,
        Map<String, String> environment,
        Optional<Path> workingDirectory,
        Optional<Fd> stdin,
        Optional<Fd> stdout,
        Optional<Fd> stderr,
        List<Fd> inherited) {
    public SpawnRequest {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        inherited = List.copyOf(inherited);
        if (command.isEmpty() || command.getFirst().isEmpty()) {
            throw new IllegalArgumentException("cannot spawn a process: the command is empty");
        }
        command.forEach(argument -> checkText("argument", argument));
        environment.forEach(SpawnRequest::checkVariable);
    }

    /// A command with an environment and nothing else.
    public static SpawnRequest of(List<String> command, Map<String, String> environment) {
        return new SpawnRequest(
                command,
                environment,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    private static void checkVariable(String name, String value) {
        if (name.isEmpty() || name.indexOf('=') >= 0) {
            throw new IllegalArgumentException(
                    "cannot spawn a process: environment variable \"" + name + "\" has no valid name");
        }
        checkText("environment variable", name);
        checkText("environment variable " + name, value);
    }

    /// C ends a string at the first NUL, so the rest would vanish without a word.
    private static void checkText(String what, String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("cannot spawn a process: " + what + " contains a NUL character");
        }
    }
}
