package dev.drover.master;

import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.Measures;
import dev.drover.supervisor.RestartPolicy;
import dev.drover.supervisor.SignalOutcome;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.StopOutcome;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.SupervisorException;
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
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One run of a master: opens the pools, does what signals and control calls ask, and waits for the end. Any
/// thread.
final class Master implements Controls {
    private static final Logger LOG = LoggerFactory.getLogger(Master.class);

    private final Supervisor supervisor;
    private final RunOptions options;
    private final WantedPools pools;
    private final PodGrace podGrace;
    private final Instant startedAt = Instant.now().minus(MasterProcess.age());
    private final AtomicBoolean stopAsked = new AtomicBoolean();
    private final AtomicBoolean drainAsked = new AtomicBoolean();

    /// Written once by the thread that runs the master, read by whoever asks for a stop.
    private volatile boolean opening;

    /// Written by the thread that runs the master before it opens, read by the calls.
    private volatile Optional<ListenAddress> control = Optional.empty();

    private volatile Optional<ListenAddress> management = Optional.empty();

    /// Published by the thread that looks around to the one that runs the master.
    private volatile boolean poolFailed;

    /// @param pools what the source told first
    Master(Supervisor supervisor, RunOptions options, PoolSource source, WrittenPools pools) {
        this.supervisor = supervisor;
        this.options = options;
        this.podGrace = new PodGrace(options);
        this.pools = new WantedPools(supervisor, source, pools, this::isLeaving);
    }

    /// Its servers listen there; empty: they do not. To be told before [#open].
    void listensOn(Optional<ListenAddress> control, Optional<ListenAddress> management) {
        this.control = control;
        this.management = management;
    }

    /// Opens every socket and starts the workers, unless a stop came first.
    ///
    /// @throws dev.drover.supervisor.SupervisorException where a pool cannot be opened; nothing is left behind
    void open() {
        try {
            opening = true;
            if (!stopAsked.get()) {
                pools.open();
            }
        } catch (SupervisorException refused) {
            // A stop that came at this moment is a reason, not a failure.
            if (!stopAsked.get()) {
                throw refused;
            }
        }
        if (stopAsked.get()) {
            beginStop();
        }
    }

    /// Waits for the end; the exit code.
    int awaitStopped() throws InterruptedException {
        var outcome = supervisor.awaitStopped();
        if (poolFailed) {
            LOG.error("Stopped: a pool has failed for good; {} workers killed", outcome.killed());
            return ExitCode.POOL_FAILED;
        }
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

    /// Sees whether the files or the number of CPUs have changed, and does what follows. To be called once a second.
    void lookAround() {
        pools.lookAround();
        if (pools.isOpen() && !isLeaving()) {
            var snapshot = supervisor.snapshot().pools();
            podGrace.look(snapshot.stream().map(Snapshot.Pool::spec).toList());
            snapshot.stream().filter(Master::endsUs).findFirst().ifPresent(this::leaveWith);
        }
    }

    /// One that came later and never was available is no reason: others serve.
    private static boolean endsUs(Snapshot.Pool pool) {
        return pool.failed()
                && !pool.awaited()
                && !pool.leaving()
                && pool.spec()
                        .restart()
                        .limit()
                        .filter(limit -> limit.onFailure() == RestartPolicy.OnFailure.EXIT)
                        .isPresent();
    }

    private void leaveWith(Snapshot.Pool failed) {
        if (stopAsked.compareAndSet(false, true)) {
            LOG.error("Stopping: pool {} has failed for good", failed.spec().name());
            poolFailed = true;
            beginStop();
        }
    }

    /// HUP: reads the files again; where one is bad nothing changes.
    void reload() {
        pools.reload();
    }

    /// TTIN and TTOU: one worker more or fewer in every pool with a set count.
    void scaleBy(int delta) {
        pools.scaleBy(delta);
    }

    @Override
    public Snapshot snapshot() {
        return supervisor.snapshot();
    }

    @Override
    public Measures measure(Duration bound) {
        return supervisor.measure(bound);
    }

    @Override
    public AppMetrics applicationMetrics() {
        return supervisor.metrics();
    }

    @Override
    public Optional<WorkerPool> written(String pool) {
        return pools.written(pool);
    }

    @Override
    public boolean isStarted() {
        return pools.isOpen();
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
    public MasterView view() {
        return new MasterView(state(), supervisor.runDirectory(), options.settings(control, management), pools.files());
    }

    private MasterView.State state() {
        if (stopAsked.get()) {
            return MasterView.State.STOPPING;
        }
        if (drainAsked.get()) {
            return MasterView.State.DRAINING;
        }
        return isStarted() ? MasterView.State.RUNNING : MasterView.State.STARTING;
    }

    private boolean isLeaving() {
        return stopAsked.get() || drainAsked.get();
    }

    @Override
    public boolean isStopping() {
        return isLeaving() || supervisor.snapshot().stopping();
    }

    @Override
    public boolean restart(WorkerId worker) {
        return supervisor.restart(worker);
    }

    @Override
    public SignalOutcome signal(WorkerId worker, int signal) {
        return supervisor.signal(worker, signal);
    }

    @Override
    public ChangeAnswer apply(List<WorkerPool> wanted, boolean dryRun) {
        return pools.apply(wanted, dryRun);
    }

    @Override
    public ChangeAnswer scale(String pool, int replicas, String version) {
        return pools.scale(pool, replicas, version);
    }

    @Override
    public ChangeAnswer delete(String pool) {
        return pools.delete(pool);
    }

    @Override
    public Optional<RolloutOutcome> rollout(String pool, RolloutOrder order) {
        return pools.rollout(pool, order);
    }

    @Override
    public Journal journal() {
        return supervisor.journal();
    }

    @Override
    public OutputLog log() {
        return supervisor.log();
    }

    @Override
    public Optional<StopOutcome> drain() throws InterruptedException {
        if (stopAsked.get() || !isStarted()) {
            return Optional.empty();
        }
        if (drainAsked.compareAndSet(false, true)) {
            LOG.info("Draining: asked by the control API");
            supervisor.beginDrain(options.lameDuck(), options.grace());
        }
        return Optional.of(supervisor.awaitDrained());
    }

    @Override
    public void stop() {
        if (stopAsked.compareAndSet(false, true)) {
            LOG.info("Stopping: asked by the control API");
            beginStop();
        }
    }

    /// While Quarkus still starts its servers, the supervisor and its directory must stay: then [#open] begins the
    /// stop.
    private void beginStop() {
        if (opening) {
            supervisor.beginStop(options.lameDuck(), options.grace());
        }
    }
}
