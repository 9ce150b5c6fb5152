package dev.drover.supervisor.output;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Fd;
import dev.drover.posix.Poller;
import dev.drover.posix.Signals;
import dev.drover.posix.SpawnRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A real `sh` that writes into captured pipes; closing it kills its process group.
final class Shell implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final ChildProcess process;
    private final OutputCapture capture;

    private Shell(ChildProcess process, OutputCapture capture) {
        this.process = process;
        this.capture = capture;
    }

    /// @param inherited its descriptors from 3 on
    static Shell start(OutputStreams streams, String script, Fd... inherited) {
        try (streams) {
            var process = ChildProcess.spawn(new SpawnRequest(
                    List.of("sh", "-c", script),
                    Map.of("PATH", "/usr/bin:/bin"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(streams.stdout()),
                    Optional.of(streams.stderr()),
                    List.of(inherited)));
            streams.capture().started(process.pid());
            return new Shell(process, streams.capture());
        }
    }

    long pid() {
        return process.pid();
    }

    OutputCapture capture() {
        return capture;
    }

    ExitStatus awaitExit() {
        try (var poller = Poller.open()) {
            var watch = poller.add(process.pidfd(), Set.of(Poller.Interest.READABLE), _ -> {});
            int ready = poller.poll(DEADLINE);
            watch.cancel();
            if (ready == 0) {
                throw new AssertionError(process + " did not exit within " + DEADLINE);
            }
        }
        return process.reap().orElseThrow();
    }

    boolean isRunning() {
        return process.reap().isEmpty();
    }

    @Override
    public void close() {
        process.signalGroup(Signals.SIGKILL);
        if (isRunning()) {
            awaitExit();
        }
        process.close();
    }
}
