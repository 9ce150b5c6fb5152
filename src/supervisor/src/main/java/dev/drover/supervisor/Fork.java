package dev.drover.supervisor;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How one worker is forked that is not replaced when it ends. It speaks the protocol of the SDK.
///
/// @param name DNS label, unique among forks and pools while it lives; its worker is called `NAME-0`
/// @param command program and arguments; a program without a slash is looked up in PATH
/// @param environment set over the inherited environment
/// @param workingDirectory where it starts; empty: where the supervisor runs
/// @param grace time between the stop signal and KILL when it is stopped
public record Fork(
        String name,
        List<String> command,
        List<Template.Variable> environment,
        Optional<Path> workingDirectory,
        Duration grace) {

    private static final int SIGTERM = 15;

    private static final Duration GRACE = Duration.ofSeconds(30);

    public Fork {
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        if (!name.matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?") || name.length() > 63) {
            throw new IllegalArgumentException("cannot fork '" + name
                    + "': a name is 1 to 63 lower-case letters, digits and dashes, no dash at either end");
        }
        if (command.isEmpty()) {
            throw new IllegalArgumentException("cannot fork '" + name + "': no command is given");
        }
    }

    /// In the supervisor's directory and environment, with 30 s of grace.
    public static Fork of(String name, List<String> command) {
        return new Fork(name, command, List.of(), Optional.empty(), GRACE);
    }

    /// The same with one more variable.
    public Fork with(String variable, String value) {
        var more = new ArrayList<>(environment);
        more.add(new Template.Variable.Literal(variable, value));
        return new Fork(name, command, more, workingDirectory, grace);
    }

    PoolSpec spec() {
        var template = new Template(
                Template.Protocol.DROVER, command, workingDirectory, environment, Template.ReadyWhen.NOTIFIED, SIGTERM);
        return new PoolSpec(
                name,
                1,
                List.of(),
                template,
                Quantity.of(1),
                Quantity.of(0),
                Duration.ZERO,
                Duration.ofSeconds(60),
                0,
                false,
                grace,
                RestartPolicy.NEVER,
                RecyclePolicy.NEVER,
                OutputPolicy.DEFAULT);
    }
}
