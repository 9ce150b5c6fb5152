package dev.drover.supervisor;

import dev.drover.posix.Fd;
import dev.drover.posix.SpawnRequest;
import dev.drover.supervisor.health.ProbeAction;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Everything a worker's process is made from.
///
/// @param incarnation whose process it is
/// @param template the pool's template
/// @param inherited the supervisor's own environment, of which `DROVER_*` is left out
/// @param runDirectory `DROVER_RUN_DIR`
/// @param token `DROVER_TOKEN`
/// @param listeners for [Template.Protocol#SYSTEMD]: what it inherits, in the order of the pool's sockets
/// @param share what it is told of the machine, where it is a JVM
/// @param notifySocket for [Template.Protocol#SYSTEMD]: `NOTIFY_SOCKET`
record Launch(
        Incarnation incarnation,
        Template template,
        Map<String, String> inherited,
        Path runDirectory,
        String token,
        Optional<JvmShare> share,
        List<NamedListener> listeners,
        Path notifySocket)
        implements AutoCloseable {

    /// A value read from a file is at most this long: it must fit in an environment.
    private static final int MAX_VALUE_BYTES = 64 * 1024;

    private static final long NANOS_PER_MICRO = 1_000;

    /// Where programs are when the environment has no PATH.
    private static final String DEFAULT_PATH = "/bin:/usr/bin";

    /// What a shell keeps: it drops other names from the environment.
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /// A command beside it must not be able to pass for it.
    private static final List<String> ONLY_THE_WORKERS =
            List.of("DROVER_TOKEN", "LISTEN_FDS", "LISTEN_FDNAMES", "NOTIFY_SOCKET", "WATCHDOG_USEC");

    /// A listener and the name of its socket. Owned by the launch.
    record NamedListener(String name, Fd fd) {}

    /// The request. Reads the files of the template: may block.
    ///
    /// @throws IOException with one clear line when a file cannot be read
    SpawnRequest request(Fd stdout, Fd stderr) throws IOException {
        checkWorkingDirectory();
        var environment = environment();
        return new SpawnRequest(
                command(environment),
                environment,
                template.workingDirectory(),
                Optional.empty(),
                Optional.of(stdout),
                Optional.of(stderr),
                listeners.stream().map(NamedListener::fd).toList());
    }

    /// The request for a command beside the worker: in its directory and environment, but without what makes a process
    /// that worker. Reads the files of the template: may block.
    ///
    /// @param output where what it writes goes
    /// @throws IOException with one clear line when a file cannot be read
    SpawnRequest beside(List<String> command, Fd output) throws IOException {
        checkWorkingDirectory();
        var environment = environment();
        ONLY_THE_WORKERS.forEach(environment::remove);
        return new SpawnRequest(
                command,
                environment,
                template.workingDirectory(),
                Optional.empty(),
                Optional.of(output),
                Optional.of(output),
                List.of());
    }

    private void checkWorkingDirectory() throws IOException {
        var missing = template.workingDirectory().filter(directory -> !Files.isDirectory(directory));
        if (missing.isPresent()) {
            throw new IOException("cannot start " + template.command().getFirst() + " in working directory "
                    + missing.get() + ": it is no directory");
        }
    }

    private Map<String, String> environment() throws IOException {
        var environment = new HashMap<String, String>();
        inherited.forEach((name, value) -> {
            if (!name.startsWith("DROVER_")) {
                environment.put(name, value);
            }
        });
        for (var variable : template.environment()) {
            environment.put(variable.name(), valueOf(variable));
        }
        environment.put("DROVER_RUN_DIR", runDirectory.toString());
        environment.put("DROVER_POOL", incarnation.worker().pool());
        environment.put("DROVER_WORKER", incarnation.worker().toString());
        environment.put("DROVER_ORDINAL", Integer.toString(incarnation.worker().ordinal()));
        environment.put("DROVER_INCARNATION", Integer.toString(incarnation.number()));
        environment.put("DROVER_TOKEN", token);
        if (template.protocol() == Template.Protocol.SYSTEMD) {
            environment.put("LISTEN_FDS", Integer.toString(listeners.size()));
            environment.put(
                    "LISTEN_FDNAMES",
                    String.join(":", listeners.stream().map(NamedListener::name).toList()));
            environment.put("NOTIFY_SOCKET", notifySocket.toString());
            template.probes()
                    .liveness()
                    .filter(probe -> probe.action() instanceof ProbeAction.Session)
                    .ifPresent(probe -> environment.put(
                            "WATCHDOG_USEC", Long.toString(probe.period().toNanos() / NANOS_PER_MICRO)));
        }
        return environment;
    }

    private static String valueOf(Template.Variable variable) throws IOException {
        return switch (variable) {
            case Template.Variable.Literal literal -> literal.value();
            case Template.Variable.FromFile fromFile -> read(fromFile);
        };
    }

    private static String read(Template.Variable.FromFile variable) throws IOException {
        var what = "cannot read environment variable " + variable.name() + " from " + variable.file() + ": ";
        if (Files.exists(variable.file()) && !Files.isRegularFile(variable.file())) {
            throw new IOException(what + "it is no regular file");
        }
        try (var in = Files.newInputStream(variable.file())) {
            var bytes = in.readNBytes(MAX_VALUE_BYTES + 1);
            if (bytes.length > MAX_VALUE_BYTES) {
                throw new IOException(what + "more than " + MAX_VALUE_BYTES + " bytes");
            }
            var text = new String(bytes, StandardCharsets.UTF_8);
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (java.nio.file.FileSystemException failure) {
            var reason = failure.getReason() == null ? failure.getClass().getSimpleName() : failure.getReason();
            throw new IOException(what + reason, failure);
        }
    }

    /// LISTEN_PID must be the pid of the process that gets the listeners, which is known only in that process: a
    /// shell says it and becomes `env`, which becomes the program. Names a shell would drop go to `env` directly.
    private List<String> command(Map<String, String> environment) throws IOException {
        var program =
                share.map(told -> told.toldTo(template.command(), environment)).orElse(template.command());
        if (template.protocol() != Template.Protocol.SYSTEMD) {
            return program;
        }
        checkProgram(environment.getOrDefault("PATH", DEFAULT_PATH));
        var command = new ArrayList<String>();
        command.addAll(List.of("/bin/sh", "-c", "exec env LISTEN_PID=$$ \"$@\"", "sh"));
        environment.forEach((name, value) -> {
            if (!IDENTIFIER.matcher(name).matches()) {
                command.add(name + "=" + value);
            }
        });
        command.addAll(program);
        return command;
    }

    /// The shell would start, and only then fail: a program that is not there is told at once.
    private void checkProgram(String path) throws IOException {
        var program = template.command().getFirst();
        var base = template.workingDirectory().orElse(Path.of(""));
        var candidates = program.contains("/")
                ? List.of(program)
                : Stream.of(path.split(":", -1))
                        .map(directory -> (directory.isEmpty() ? "." : directory) + "/" + program)
                        .toList();
        var found = candidates.stream().map(base::resolve).filter(Files::exists).toList();
        if (found.stream().noneMatch(file -> Files.isRegularFile(file) && Files.isExecutable(file))) {
            throw new IOException("cannot spawn " + program + ": "
                    + (found.isEmpty() ? "ENOENT (No such file or directory)" : "EACCES (Permission denied)"));
        }
    }

    /// Without the token, which is a secret.
    @Override
    public String toString() {
        return "Launch[" + incarnation + "]";
    }

    @Override
    public void close() {
        listeners.forEach(listener -> listener.fd().close());
    }
}
