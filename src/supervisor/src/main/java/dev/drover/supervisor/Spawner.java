package dev.drover.supervisor;

import dev.drover.posix.ChildProcess;
import dev.drover.posix.SpawnRequest;
import dev.drover.supervisor.output.OutputCapture;
import dev.drover.supervisor.output.OutputPump;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Makes the workers' processes on a thread of its own: reading files and exec may block.
final class Spawner implements AutoCloseable {

    /// Spawns that wait: one for each incarnation there can be.
    private static final int MAX_WAITING = 4 * PoolSpec.MAX_REPLICAS;

    /// How long a close waits for a spawn that hangs in exec.
    private static final Duration CLOSE_BOUND = Duration.ofSeconds(2);

    private final OutputPump pump;
    private final Guard guard;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().name("drover-spawn").daemon(true).factory());

    /// What became of a spawn.
    sealed interface Outcome {
        /// The process runs; both are the receiver's.
        record Spawned(ChildProcess process, OutputCapture capture) implements Outcome {}

        /// There is no process.
        ///
        /// @param why one clear line
        record Failed(String why) implements Outcome {}
    }

    Spawner(OutputPump pump, Guard guard) {
        this.pump = pump;
        this.guard = guard;
    }

    /// Makes the process and tells the outcome on the spawning thread. The launch is closed in any case.
    void spawn(Launch launch, OutputPolicy policy, Consumer<Outcome> then) {
        thread.execute(() -> then.accept(run(launch, policy)));
    }

    /// Makes a process beside a worker: one whose output is not the worker's.
    ///
    /// @param request made on the spawning thread: it may read files
    /// @param then gets the process, or why there is none, on the spawning thread
    void spawnBeside(Callable<SpawnRequest> request, Consumer<Beside> then) {
        thread.execute(() -> then.accept(beside(request)));
    }

    private Beside beside(Callable<SpawnRequest> request) {
        try {
            var process = ChildProcess.spawn(request.call());
            guard.add(process.pid());
            return new Beside(Optional.of(process), "");
        } catch (Exception | Error failure) {
            // Whatever it is: who waits for the outcome must get one.
            return new Beside(Optional.empty(), String.valueOf(failure.getMessage()));
        }
    }

    /// What became of it.
    ///
    /// @param process the receiver's
    /// @param why there is none, one clear line
    record Beside(Optional<ChildProcess> process, String why) {}

    private Outcome run(Launch launch, OutputPolicy policy) {
        try (launch;
                var output = pump.attach(launch.incarnation(), policy)) {
            var process = ChildProcess.spawn(launch.request(output.stdout(), output.stderr()));
            guard.add(process.pid());
            output.capture().started(process.pid());
            return new Outcome.Spawned(process, output.capture());
        } catch (IOException | RuntimeException | Error failure) {
            // Whatever it is: an outcome that is never told would leave the place empty for ever.
            return new Outcome.Failed(String.valueOf(failure.getMessage()));
        }
    }

    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(CLOSE_BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
                thread.shutdownNow();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
