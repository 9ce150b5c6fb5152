package dev.drover.supervisor;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Fd;
import dev.drover.posix.Pipe;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.Signals;
import dev.drover.supervisor.health.ProbeResult;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the workers of one pool by commands beside them. Each has a process group of its own, which is killed at its
/// timeout, with the end of its worker, and with the end of the supervisor. Belongs to the loop.
final class ExecProbes {
    private static final Logger LOG = LoggerFactory.getLogger(ExecProbes.class);

    /// Commands at once, for one pool: they must not take the machine from the workers.
    static final int MAX_AT_ONCE = 8;

    /// The last bytes of its output that are told.
    private static final int MAX_TOLD = 256;

    /// Reads in one turn of the loop: a command that writes without end must not hold up the rest.
    private static final int READS_PER_TURN = 16;

    private static final int BUFFER_BYTES = 4096;

    private final Services services;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final Set<Command> running = new HashSet<>();
    private int spawning;
    private boolean closed;

    ExecProbes(Services services) {
        this.services = services;
    }

    /// One that runs.
    private static final class Command {
        private final Incarnation worker;
        private final Fd output;
        private final Consumer<ProbeResult> then;
        private Optional<ChildProcess> process = Optional.empty();
        private Optional<Poller.Registration> exit = Optional.empty();
        private Optional<Poller.Registration> reading = Optional.empty();
        private byte[] last = new byte[0];
        private boolean answered;

        Command(Incarnation worker, Fd output, Consumer<ProbeResult> then) {
            this.worker = worker;
            this.output = output;
            this.then = then;
        }

        void answer(ProbeResult result) {
            if (!answered) {
                answered = true;
                then.accept(result);
            }
        }
    }

    /// Begins a command.
    ///
    /// @param then gets the answer on the loop, once, never within this call
    /// @return false when too many run: try again later
    boolean ask(WorkerProcess process, List<String> command, Duration timeout, Consumer<ProbeResult> then) {
        if (running.size() + spawning >= MAX_AT_ONCE) {
            return false;
        }
        Pipe pipe;
        try {
            pipe = Pipe.open();
            pipe.readEnd().setNonBlocking(true);
        } catch (PosixException failure) {
            // No descriptor: it says nothing of the worker.
            LOG.warn("Probe not asked worker={}: {}", process.incarnation(), failure.getMessage());
            services.loop().post(() -> then.accept(new ProbeResult.Unknown()));
            return true;
        }
        var begun = new Command(process.incarnation(), pipe.readEnd(), then);
        spawning++;
        services.spawner().spawnBeside(() -> launch(process).beside(command, pipe.writeEnd()), outcome -> {
            pipe.writeEnd().close();
            services.loop().post(() -> spawned(begun, outcome, timeout));
        });
        return true;
    }

    private Launch launch(WorkerProcess process) {
        return new Launch(
                process.incarnation(),
                process.template(),
                services.environment(),
                services.runDirectory().root(),
                "",
                Optional.empty(),
                List.of(),
                Path.of(""));
    }

    private void spawned(Command command, Spawner.Beside outcome, Duration timeout) {
        spawning--;
        if (outcome.process().isEmpty()) {
            command.output.close();
            command.answer(new ProbeResult.Failed(outcome.why()));
            return;
        }
        var process = outcome.process().get();
        var poller = services.loop().poller();
        command.process = Optional.of(process);
        command.exit = Optional.of(poller.add(process.pidfd(), Set.of(Poller.Interest.READABLE), _ -> exited(command)));
        command.reading = Optional.of(poller.add(command.output, Set.of(Poller.Interest.READABLE), _ -> read(command)));
        running.add(command);
        services.loop().after(timeout, () -> overdue(command, timeout));
        if (closed) {
            kill(command);
        }
    }

    private void overdue(Command command, Duration timeout) {
        if (running.contains(command)) {
            kill(command);
            command.answer(new ProbeResult.Failed("the command took longer than " + timeout.toSeconds() + " s"));
        }
    }

    private static void kill(Command command) {
        try {
            command.process.ifPresent(process -> process.signalGroup(Signals.SIGKILL));
        } catch (PosixException failure) {
            // EPERM: what is left of the group runs as somebody else.
            LOG.warn("Probe not killed worker={}: {}", command.worker, failure.getMessage());
        }
    }

    private void read(Command command) {
        for (int i = 0; i < READS_PER_TURN; i++) {
            buffer.clear();
            int length = command.output.read(buffer);
            if (length < 0) {
                command.reading.ifPresent(Poller.Registration::cancel);
                command.reading = Optional.empty();
            }
            if (length <= 0) {
                return;
            }
            var joined = ByteBuffer.allocate(command.last.length + length)
                    .put(command.last)
                    .put(buffer.flip());
            int kept = Math.min(joined.position(), MAX_TOLD);
            command.last = new byte[kept];
            joined.get(joined.position() - kept, command.last);
        }
    }

    private void exited(Command command) {
        var process = command.process.orElseThrow();
        // Before its leader is reaped: then the group's number may belong to others.
        kill(command);
        read(command);
        services.guard().remove(process.pid());
        var status = process.reap();
        command.exit.ifPresent(Poller.Registration::cancel);
        command.reading.ifPresent(Poller.Registration::cancel);
        command.output.close();
        process.close();
        running.remove(command);
        command.answer(status.<ProbeResult>map(how -> judged(how, command.last)).orElseGet(ProbeResult.Unknown::new));
    }

    private static ProbeResult judged(ExitStatus status, byte[] output) {
        if (status instanceof ExitStatus.Exited(var code) && code == 0) {
            return new ProbeResult.Passed();
        }
        var said = new String(output, StandardCharsets.UTF_8).strip().replaceAll("\\p{Cntrl}+", " ");
        return new ProbeResult.Failed(
                "the command " + Exits.describe(status) + (said.isEmpty() ? "" : ", it said: " + said));
    }

    /// Ends what is asked of that worker.
    void end(Incarnation worker) {
        running.stream().filter(command -> command.worker.equals(worker)).forEach(ExecProbes::kill);
    }

    /// Whether it is one of the commands.
    boolean owns(long pid) {
        return running.stream()
                .anyMatch(command ->
                        command.process.filter(process -> process.pid() == pid).isPresent());
    }

    boolean spawning() {
        return spawning > 0;
    }

    /// Whether none runs and none is being made.
    boolean idle() {
        return running.isEmpty() && spawning == 0;
    }

    /// Kills them all; they are reaped as they end.
    void killAll() {
        closed = true;
        running.forEach(ExecProbes::kill);
    }
}
