package dev.drover.supervisor;

import dev.drover.supervisor.output.OutputCapture;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How the last incarnation of each place ended. Belongs to the loop.
final class ExitReports {

    /// How long the last lines of a dead worker are waited for, when a grandchild holds its output open.
    private static final Duration LAST_LINES_BOUND = Duration.ofSeconds(1);

    private final Loop loop;
    private final InstantSource clock;
    private final Map<Integer, ExitReport> last = new HashMap<>();

    ExitReports(Loop loop, InstantSource clock) {
        this.loop = loop;
        this.clock = clock;
    }

    Optional<ExitReport> of(int ordinal) {
        return Optional.ofNullable(last.get(ordinal));
    }

    /// There never was a process.
    ExitReport notStarted(WorkerProcess process, String why) {
        var report = new ExitReport(
                process.incarnation(), 0, Optional.empty(), why, false, false, clock.instant(), List.of());
        put(report);
        return report;
    }

    /// The process is gone. Its last lines follow when they have been read.
    ExitReport exited(WorkerProcess process, long pid, Death death) {
        var report = new ExitReport(
                process.incarnation(),
                pid,
                Optional.of(death.status()),
                death.how(),
                death.outOfMemory(),
                process.readySince().isPresent(),
                clock.instant(),
                List.of());
        put(report);
        process.capture().ifPresent(capture -> addLastLines(report, capture));
        return report;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the output pump completes it in any case, and never with a failure
    private void addLastLines(ExitReport report, OutputCapture capture) {
        capture.conclude(LAST_LINES_BOUND).thenAccept(lines -> loop.post(() -> put(report.with(lines))));
    }

    /// Last lines may come after a later incarnation has ended too.
    private void put(ExitReport report) {
        last.merge(
                report.incarnation().worker().ordinal(),
                report,
                (known, next) ->
                        next.incarnation().number() >= known.incarnation().number() ? next : known);
    }
}
