package dev.drover.supervisor;

import dev.drover.supervisor.health.ProbeKind;
import dev.drover.supervisor.health.Probes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How a worker is started.
///
/// @param protocol how it gets its listeners and tells that it is ready
/// @param command program and arguments; a program without a slash is looked up in PATH
/// @param workingDirectory where it starts; empty: where the supervisor runs
/// @param environment set over the inherited environment, in this order
/// @param readyWhen when it counts as ready
/// @param stopSignal number of the signal that tells it to stop
/// @param probes what it is asked while it runs
public record Template(
        Protocol protocol,
        List<String> command,
        Optional<Path> workingDirectory,
        List<Variable> environment,
        ReadyWhen readyWhen,
        int stopSignal,
        Probes probes) {

    /// How a worker gets its listeners and tells that it is ready.
    public enum Protocol {
        /// It joins on `handles.sock` (the SDK).
        DROVER,
        /// It inherits its listeners from descriptor 3 on (LISTEN_FDS) and writes to NOTIFY_SOCKET.
        SYSTEMD
    }

    /// When a worker counts as ready.
    public enum ReadyWhen {
        /// When it says so, and its readiness probe passes where there is one.
        NOTIFIED,
        /// When its readiness probe passes.
        PROBED,
        /// When its process runs.
        STARTED
    }

    /// A variable of the worker's environment.
    public sealed interface Variable {
        /// Its name.
        String name();

        /// A variable with a fixed value.
        record Literal(String name, String value) implements Variable {}

        /// A variable whose value is read from a file, at most 64 KiB, each time a worker is started; one newline
        /// at the end is cut.
        record FromFile(String name, Path file) implements Variable {}
    }

    public Template {
        command = List.copyOf(command);
        environment = List.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a template needs a command");
        }
        if (readyWhen == ReadyWhen.PROBED && probes.readiness().isEmpty()) {
            throw new IllegalArgumentException("workers that are ready when probed need a readiness probe");
        }
    }

    /// Of workers that are asked nothing.
    public Template(
            Protocol protocol,
            List<String> command,
            Optional<Path> workingDirectory,
            List<Variable> environment,
            ReadyWhen readyWhen,
            int stopSignal) {
        this(protocol, command, workingDirectory, environment, readyWhen, stopSignal, Probes.NONE);
    }

    /// The same with workers that are asked something.
    public Template withProbes(ReadyWhen nextReadyWhen, Probes next) {
        return new Template(protocol, command, workingDirectory, environment, nextReadyWhen, stopSignal, next);
    }

    /// What is different in another template, in words; empty when nothing is. Tells names of variables, never values.
    public List<String> changesTo(Template next) {
        var changes = new ArrayList<String>();
        if (protocol != next.protocol) {
            changes.add("protocol");
        }
        if (!command.equals(next.command)) {
            changes.add("command");
        }
        if (!workingDirectory.equals(next.workingDirectory)) {
            changes.add("working directory");
        }
        changes.addAll(variableChanges(next));
        if (readyWhen != next.readyWhen) {
            changes.add("ready when");
        }
        if (stopSignal != next.stopSignal) {
            changes.add("stop signal");
        }
        for (var kind : ProbeKind.values()) {
            if (!probes.of(kind).equals(next.probes.of(kind))) {
                changes.add(kind.word() + " probe");
            }
        }
        return List.copyOf(changes);
    }

    private List<String> variableChanges(Template next) {
        var before = byName(environment);
        var after = byName(next.environment);
        var changes = new ArrayList<String>();
        after.forEach((name, variable) -> {
            if (!before.containsKey(name)) {
                changes.add("env " + name + " added");
            } else if (!variable.equals(before.get(name))) {
                changes.add("env " + name);
            }
        });
        before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .map(name -> "env " + name + " removed")
                .forEach(changes::add);
        boolean order = changes.isEmpty() && !environment.equals(next.environment);
        return order ? List.of("order of env") : changes;
    }

    private static Map<String, Variable> byName(List<Variable> variables) {
        var byName = new LinkedHashMap<String, Variable>();
        variables.forEach(variable -> byName.put(variable.name(), variable));
        return byName;
    }
}
