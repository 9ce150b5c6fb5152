package dev.drover.master;

import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.ChangeOutcome;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.SupervisorException;
import dev.drover.supervisor.WorkerId;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a master: opens the pools, does what signals and control calls ask, and waits for the end. Any
/// thread.
final class Master implements Controls {
    private static final Logger LOG = LoggerFactory.getLogger(Master.class);

    private final Supervisor supervisor;
    private final RunOptions options;
    private final PoolSource source;
    private final Instant startedAt = Instant.now().minus(MasterProcess.age());
    private final AtomicBoolean stopAsked = new AtomicBoolean();

    /// Held while the files are read and taken: one change after the other.
    private final ReentrantLock changing = new ReentrantLock();

    /// Written under `changing`, read by everyone.
    private volatile WrittenPools written;

    /// What the files were when they were read last.
    private final Settled<String> files;

    /// For how many CPUs there are workers.
    private final Settled<Integer> cpus;

    /// Written once by the thread that runs the master, read by whoever asks for a stop.
    private volatile boolean opening;

    /// Written once by the thread that runs the master, read by everyone.
    private volatile boolean started;

    /// @param pools what the source told first
    Master(Supervisor supervisor, RunOptions options, PoolSource source, WrittenPools pools) {
        this.supervisor = supervisor;
        this.options = options;
        this.source = source;
        this.written = pools;
        this.files = new Settled<>(source.stampWhenRead());
        this.cpus = new Settled<>(availableCpus());
    }

    /// Opens every socket and starts the workers, unless a stop came first.
    ///
    /// @throws dev.drover.supervisor.SupervisorException where a pool cannot be opened; nothing is left behind
    void open() {
        changing.lock();
        try {
            opening = true;
            if (!stopAsked.get()) {
                supervisor.open(written.specs(cpus.value()));
                started = true;
            }
        } catch (SupervisorException refused) {
            // A stop that came at this moment is a reason, not a failure.
            if (!stopAsked.get()) {
                throw refused;
            }
        } finally {
            changing.unlock();
        }
        if (stopAsked.get()) {
            beginStop();
        }
    }

    /// Waits for the end; the exit code.
    int awaitStopped() throws InterruptedException {
        var outcome = supervisor.awaitStopped();
        if (outcome.graceful()) {
            LOG.info("Stopped cleanly");
            return ExitCode.CLEAN;
        }
        LOG.warn("Stopped: {} workers killed, {} waiting connections cut", outcome.killed(), outcome.cut());
        return ExitCode.FAILED;
    }

    /// TERM and INT: the first begins to stop, every further one hastens.
    void stopOrHasten(String signal) {
        if (stopAsked.compareAndSet(false, true)) {
            LOG.info("Stopping: {}", signal);
            beginStop();
        } else {
            LOG.info("Stopping without waiting further: {}", signal);
            supervisor.hasten();
        }
    }

    /// Sees whether the files or the number of CPUs have changed, and does what follows. To be called once a
    /// second.
    void lookAround() {
        if (!started || stopAsked.get()) {
            return;
        }
        if (files.see(source.stamp())) {
            LOG.info("Reading the pools again: their files have changed");
            reload();
        }
        int before = cpus.value();
        if (cpus.see(availableCpus())) {
            recount(before, cpus.value());
        }
    }

    /// Pools with a worker for each CPU follow their number: the limit of a container may be changed while it
    /// runs.
    private void recount(int before, int now) {
        changing.lock();
        try {
            for (var pool : written.counting()) {
                if (supervisor.scaleBy(pool, now - before)) {
                    LOG.info("Scaling pool {}: there are {} CPUs, there were {}", pool, now, before);
                }
            }
        } finally {
            changing.unlock();
        }
    }

    /// HUP, or a changed file: reads the files again; where one is bad nothing changes.
    void reload() {
        if (source.isReadOnce()) {
            LOG.info("Nothing to read again: the master runs the default pool, or pools from its standard input");
            return;
        }
        changing.lock();
        try {
            var reading = source.read();
            files.take(source.stampWhenRead());
            switch (reading) {
                case PoolSource.Reading.Broken(var problems) -> {
                    problems.forEach(problem -> LOG.error("Pool file refused: {}", problem));
                    LOG.error("Pools unchanged: the files have {} problems", problems.size());
                }
                case PoolSource.Reading.Pools(var pools) -> change(WrittenPools.of(pools));
            }
        } finally {
            changing.unlock();
        }
    }

    private void change(WrittenPools wanted) {
        if (stopAsked.get() || !started) {
            LOG.warn("Pools unchanged: the master is starting or stopping");
            return;
        }
        switch (supervisor.change(wanted.specs(cpus.value()))) {
            case ChangeOutcome.Applied(var changes) -> {
                written = wanted;
                LOG.info(
                        "Pools read again: {}", changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
            }
            case ChangeOutcome.Refused(var problems) ->
                problems.forEach(problem -> LOG.error("Pools unchanged: {}", problem));
        }
    }

    /// TTIN and TTOU: one worker more or fewer in every pool with a set count.
    void scaleBy(int delta) {
        var pools = written.counted();
        if (pools.isEmpty()) {
            LOG.info("Nothing to scale: no pool has a set count of replicas");
        }
        for (var pool : pools) {
            if (supervisor.scaleBy(pool, delta)) {
                LOG.info("Scaling pool {} by {}", pool, delta);
            }
        }
    }

    @Override
    public Snapshot snapshot() {
        return supervisor.snapshot();
    }

    @Override
    public Optional<WorkerPool> written(String pool) {
        return written.pool(pool);
    }

    @Override
    public boolean isStarted() {
        return started;
    }

    @Override
    public Instant startedAt() {
        return startedAt;
    }

    @Override
    public boolean isResponsive() {
        try {
            supervisor.snapshot();
            return true;
        } catch (SupervisorException silent) {
            LOG.error("Loop silent", silent);
            return false;
        }
    }

    @Override
    public boolean isStopping() {
        return stopAsked.get() || supervisor.snapshot().stopping();
    }

    @Override
    public boolean restart(WorkerId worker) {
        return supervisor.restart(worker);
    }

    @Override
    public void stop() {
        if (stopAsked.compareAndSet(false, true)) {
            LOG.info("Stopping: asked by the control API");
            beginStop();
        }
    }

    /// While Quarkus still starts its servers, the supervisor and its directory must stay: then [#open] begins
    /// the stop.
    private void beginStop() {
        if (opening) {
            supervisor.beginStop(options.lameDuck(), options.grace());
        }
    }

    /// Those of the cgroup's limit (v1 and v2) and of the affinity, rounded up: the JDK looks each time.
    private static int availableCpus() {
        return Runtime.getRuntime().availableProcessors();
    }
}
