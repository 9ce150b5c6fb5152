package dev.drover.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Requests a second of one worker behind a Sharded socket against the same worker by itself, and the master's part in
/// it, which is none: it is not on the way of the data.
final class HttpBench {
    private static final Row.Goal GOAL = Row.Goal.atLeast(0.95);

    /// One tick of USER_HZ a second, the least that can be told.
    private static final Row.Goal CPU_GOAL = Row.Goal.atMost(1);

    private static final Duration RUN = Duration.ofSeconds(3);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final int pairs;

    private Duration cpuUnderLoad = Duration.ZERO;

    HttpBench(int pairs) {
        this.pairs = pairs;
    }

    List<Row> run() throws Exception {
        var distribution = new Distribution();
        try (var master = distribution.startMaster(Distribution.Pool.SINGLE);
                var alone = distribution.startHello()) {
            HttpLoad.requestsPerSecond(master.address(), WARM_UP);
            HttpLoad.requestsPerSecond(alone.address(), WARM_UP);
            var rates = Pairs.compare(
                    pairs, () -> underWatch(master), () -> HttpLoad.requestsPerSecond(alone.address(), RUN));
            double atLoad =
                    cpuUnderLoad.toNanos() / (double) RUN.multipliedBy(pairs).toNanos();
            double more = Math.max(0, 100 * (atLoad - atRest(master)));
            return List.of(
                    Row.of("requests/s of a worker, kept connections", rates, Optional.of(GOAL)),
                    Row.alone("master's CPU under that load beyond rest, % of a core", more, CPU_GOAL));
        }
    }

    private double underWatch(ServerProcess master) throws Exception {
        var before = ProcessFiles.cpuTime(master.pid());
        double rate = HttpLoad.requestsPerSecond(master.address(), RUN);
        cpuUnderLoad = cpuUnderLoad.plus(ProcessFiles.cpuTime(master.pid()).minus(before));
        return rate;
    }

    /// CPU for time.
    private static double atRest(ServerProcess master) throws IOException {
        var before = ProcessFiles.cpuTime(master.pid());
        ServerProcess.pause(RUN);
        return ProcessFiles.cpuTime(master.pid()).minus(before).toNanos() / (double) RUN.toNanos();
    }
}
