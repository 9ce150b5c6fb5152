package dev.drover.master;

import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Measures;
import dev.drover.supervisor.SignalOutcome;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.StopOutcome;
import dev.drover.supervisor.WorkerId;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.metrics.AppMetrics;
import dev.drover.supervisor.output.OutputLog;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the edge (control API, health) may see and do of a running master. Any thread.
public interface Controls {
    /// What is. Waits for the loop, within a bound.
    ///
    /// @throws dev.drover.supervisor.SupervisorException where the loop does not answer, or has ended
    Snapshot snapshot();

    /// What can be measured.
    ///
    /// @param bound how long to wait for it, at most
    /// @throws dev.drover.supervisor.SupervisorException where the loop does not answer in that time, or has ended
    Measures measure(Duration bound);

    /// What the applications of workers measure.
    AppMetrics applicationMetrics();

    /// The resource a pool was made from, defaults filled in.
    Optional<WorkerPool> written(String pool);

    /// How it stands and what it runs with.
    MasterView view();

    /// Whether every socket is open and every worker has been started once.
    boolean isStarted();

    /// When the process was started.
    Instant startedAt();

    /// Whether the supervisor's loop answers within a bound. Waits.
    boolean isResponsive();

    /// Whether the master has been told to stop.
    boolean isStopping();

    /// Begins to replace a worker; false: there is none of that name.
    boolean restart(WorkerId worker);

    /// Sends a signal to the newest process of a worker.
    SignalOutcome signal(WorkerId worker, int signal);

    /// Wants these pools as they are written, and all others as they are.
    ///
    /// @param pools validated, defaults filled in, names unique
    /// @param dryRun whether only to tell what would be done
    ChangeAnswer apply(List<WorkerPool> pools, boolean dryRun);

    /// Wants so many workers, 0 to 1000.
    ///
    /// @param version the resource version the pool must have; empty: any
    /// @return where it is done, a plan that is empty or one [dev.drover.supervisor.plan.Operation.Scale]
    ChangeAnswer scale(String pool, int replicas, String version);

    /// Does not want a pool any more.
    ChangeAnswer delete(String pool);

    /// Orders something of a rollout; empty: there is no such pool.
    Optional<RolloutOutcome> rollout(String pool, RolloutOrder order);

    /// What happened lately.
    Journal journal();

    /// What workers have written lately, and what they write.
    OutputLog log();

    /// Finishes what is in hand and waits until no worker is left; the master then waits to be stopped. Again, or while
    /// it stops: waits for the same.
    ///
    /// @return empty when there is nothing to drain: it is starting or stopping
    Optional<StopOutcome> drain() throws InterruptedException;

    /// Begins to stop the master; again: nothing.
    void stop();
}
