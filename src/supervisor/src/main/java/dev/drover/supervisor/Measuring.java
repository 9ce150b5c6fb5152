package dev.drover.supervisor;

import dev.drover.posix.Processes;
import dev.drover.supervisor.usage.UsageMeter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Adds to what the loop has told what the kernel tells of the processes. Any thread but the loop.
final class Measuring implements AutoCloseable {
    private final UsageMeter meter = new UsageMeter();

    /// @param bound how long to wait for the kernel
    Measures complete(Measures seen, Duration bound) {
        var pids = Stream.concat(
                        Stream.of(Processes.currentPid()),
                        seen.snapshot().pools().stream()
                                .flatMap(pool -> pool.workers().stream())
                                .map(Snapshot.Worker::pid)
                                .filter(pid -> pid != 0))
                .collect(Collectors.toSet());
        var asked = meter.ask(pids);
        try {
            return seen.with(asked.get(bound.toNanos(), TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException notTold) {
            return seen;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SupervisorException("cannot measure the workers: interrupted", interrupted);
        }
    }

    @Override
    public void close() {
        meter.close();
    }
}
