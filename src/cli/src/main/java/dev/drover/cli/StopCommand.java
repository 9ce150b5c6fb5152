package dev.drover.cli;

import dev.drover.protocol.control.v1.GetVersionRequest;
import dev.drover.protocol.control.v1.GetVersionResponse;
import dev.drover.protocol.control.v1.StopRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `drover stop`: stops the master and waits until it is gone.
@Command(
        name = "stop",
        description = {
            "Stop the master as SIGTERM does: what is in flight is finished, the workers are stopped.",
            "Waits until it is gone."
        },
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  drover stop",
            "  drover stop --no-wait              return as soon as the stop has begun",
            "  drover stop --wait-timeout 5m      for workers with a long grace"
        })
final class StopCommand implements Runnable {

    private static final Duration LOOK = Duration.ofMillis(100);
    /// A process and a master that were started further apart than this are not the same.
    private static final Duration SAME_START = Duration.ofSeconds(10);

    private final DroverCommand drover;

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Wait until the master is gone (default).")
    private boolean wait = true;

    @Option(names = "--wait-timeout", paramLabel = "TIME", description = "How long to wait: 90s (default), 5m.")
    private Duration waitTimeout = Duration.ofSeconds(90);

    StopCommand(DroverCommand drover) {
        this.drover = drover;
    }

    @Override
    public void run() {
        var out = drover.terminal().out();
        try (MasterClient master = drover.connect()) {
            GetVersionResponse version = version(master);
            // Looked up while it lives: afterwards its pid may be nobody's, or another's.
            Optional<ProcessHandle> process = process(version);
            master.call("stop the master", stub -> stub.stop(StopRequest.getDefaultInstance()));
            if (wait) {
                await(master, process, version.getPid());
            }
            out.println((wait ? "master stopped" : "master stopping") + " (pid " + version.getPid() + ")");
        }
    }

    private void await(MasterClient master, Optional<ProcessHandle> process, int pid) {
        long end = System.nanoTime() + waitTimeout.toNanos();
        while (process.map(ProcessHandle::isAlive).orElseGet(master::isListening)) {
            if (System.nanoTime() - end > 0) {
                throw new CliException(
                        ExitCode.FAILED,
                        "cannot see the end of the master (pid " + pid + ") within "
                                + waitTimeout.toMillis()
                                + " ms: it is still stopping; wait longer with --wait-timeout, or send it SIGTERM"
                                + " again to hasten it");
            }
            pause();
        }
    }

    private void pause() {
        try {
            var _ = drover.terminal().ticker().pause(LOOK);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new CliException(ExitCode.FAILED, "cannot wait for the master's end: interrupted; it is stopping");
        }
    }

    /// The master's process, where it is one of this machine and this PID namespace: then its very end can be seen,
    /// otherwise only that it answers no more.
    private static Optional<ProcessHandle> process(GetVersionResponse version) {
        Instant started = Resources.instant(version.getStartedAt());
        return ProcessHandle.of(version.getPid())
                .filter(process -> process.info()
                        .startInstant()
                        .filter(start -> Duration.between(start, started).abs().compareTo(SAME_START) < 0)
                        .isPresent());
    }

    private static GetVersionResponse version(MasterClient master) {
        return master.call(
                "ask the master for its pid", stub -> stub.getVersion(GetVersionRequest.getDefaultInstance()));
    }
}
