package dev.drover.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/// From `kill -9` of the only worker to the first answer of its replacement, against the start of the same worker by
/// itself: what is above 1 is Drover's.
final class RestartBench {
    private final int pairs;

    RestartBench(int pairs) {
        this.pairs = pairs;
    }

    List<Row> run() throws Exception {
        var distribution = new Distribution();
        try (var master = distribution.startMaster(Distribution.Pool.SINGLE)) {
            var times = Pairs.compare(pairs, () -> replace(master), () -> start(distribution));
            return List.of(Row.of("kill -9 to the replacement's answer, ms", times));
        }
    }

    private static double replace(ServerProcess master) throws IOException {
        long pid = master.answeringPid();
        long start = System.nanoTime();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        master.awaitAnswer(OptionalLong.of(pid));
        return millis(Duration.ofNanos(System.nanoTime() - start));
    }

    private static double start(Distribution distribution) throws IOException {
        try (var hello = distribution.startHello()) {
            return millis(hello.startTime());
        }
    }

    private static double millis(Duration time) {
        return time.toNanos() / 1e6;
    }
}
