package dev.drover.master;

import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.WorkerId;
import java.time.Instant;
import java.util.Optional;

/// What the edge (control API, health) may see and do of a running master. Any thread.
public interface Controls {
    /// What is. Waits for the loop, within a bound.
    ///
    /// @throws dev.drover.supervisor.SupervisorException where the loop does not answer, or has ended
    Snapshot snapshot();

    /// The resource a pool was made from, defaults filled in.
    Optional<WorkerPool> written(String pool);

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

    /// Begins to stop the master; again: nothing.
    void stop();
}
