package dev.drover.bench;

import java.time.Duration;
import java.util.List;

/// What master and worker hold at rest, beside the same worker by itself.
final class MemoryBench {
    /// After which what the start has thrown up has settled.
    private static final Duration REST = Duration.ofSeconds(10);

    List<Row> run() throws Exception {
        var distribution = new Distribution();
        try (var master = distribution.startMaster(Distribution.Pool.SINGLE);
                var alone = distribution.startHello()) {
            ServerProcess.pause(REST);
            long worker = master.answeringPid();
            return List.of(
                    Row.alone("master at rest, RSS MiB", ProcessFiles.rssMiB(master.pid())),
                    Row.alone("master at rest, PSS MiB", ProcessFiles.pssMiB(master.pid())),
                    compared("worker at rest, RSS MiB", ProcessFiles.rssMiB(worker), ProcessFiles.rssMiB(alone.pid())),
                    compared("worker at rest, PSS MiB", ProcessFiles.pssMiB(worker), ProcessFiles.pssMiB(alone.pid())));
        }
    }

    private static Row compared(String name, double ours, double peer) {
        return Row.of(name, new Pairs.Comparison(ours, peer, ours / peer));
    }
}
