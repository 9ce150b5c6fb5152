package dev.drover.master;

import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.supervisor.ChangeOutcome;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.Supervisor;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is wanted of the pools: what the files say, and what the control API has changed since they were read. When
/// they are read again they win. One change after the other. Any thread.
final class WantedPools {
    private static final Logger LOG = LoggerFactory.getLogger(WantedPools.class);

    private final Supervisor supervisor;
    private final PoolSource source;
    private final BooleanSupplier stopping;

    /// Held while something else is wanted, from the look at what there is until it is under way.
    private final ReentrantLock changing = new ReentrantLock();

    /// Written under `changing`, read by everyone.
    private volatile WrittenPools written;

    /// Written once under `changing`, read by everyone.
    private volatile boolean open;

    /// What the files were when they were read last.
    private final Settled<String> files;

    /// For how many CPUs there are workers.
    private final Settled<Integer> cpus;

    /// @param written what the source told first
    /// @param stopping whether the master has been told to stop
    WantedPools(Supervisor supervisor, PoolSource source, WrittenPools written, BooleanSupplier stopping) {
        this.supervisor = supervisor;
        this.source = source;
        this.written = written;
        this.stopping = stopping;
        this.files = new Settled<>(source.stampWhenRead());
        this.cpus = new Settled<>(availableCpus());
    }

    /// Opens every socket and starts the workers.
    ///
    /// @throws dev.drover.supervisor.SupervisorException where a pool cannot be opened; nothing is left behind
    void open() {
        changing.lock();
        try {
            supervisor.open(written.specs(cpus.value()));
            open = true;
            note(Reason.MASTER_STARTED, "The pools are open and their workers started.");
        } finally {
            changing.unlock();
        }
    }

    /// Whether every socket is open and every worker has been started once.
    boolean isOpen() {
        return open;
    }

    /// The files and directories they are read from; empty: the default pool.
    List<Path> files() {
        return source.files();
    }

    /// As it was written last, defaults filled in.
    Optional<WorkerPool> written(String pool) {
        return written.pool(pool);
    }

    /// Sees whether the files or the number of CPUs have changed, and does what follows. To be called once a second.
    void lookAround() {
        if (!isRunning()) {
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

    /// Pools with a worker for each CPU follow their number: the limit of a container may be changed while it runs.
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

    /// Reads the files again; where one is bad nothing changes.
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
                    refused(problems);
                }
                case PoolSource.Reading.Pools(var pools) -> replace(WrittenPools.of(pools));
            }
        } finally {
            changing.unlock();
        }
    }

    private void replace(WrittenPools wanted) {
        if (!isRunning()) {
            LOG.warn("Pools unchanged: the master is starting or stopping");
            return;
        }
        switch (supervisor.change(wanted.specs(cpus.value()))) {
            case ChangeOutcome.Applied(var changes) -> {
                written = wanted;
                LOG.info(
                        "Pools read again: {}", changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
                supervisor.filesRefused(Optional.empty());
                note(Reason.FILES_READ, changes.isEmpty() ? "Nothing has changed." : String.join("; ", changes) + ".");
            }
            case ChangeOutcome.Refused(var problems) -> {
                problems.forEach(problem -> LOG.error("Pools unchanged: {}", problem));
                refused(problems);
            }
        }
    }

    private void refused(List<String> problems) {
        var others = problems.size() == 1 ? "" : " (and " + (problems.size() - 1) + " more, see the log)";
        var message = "The pool files were refused, nothing has changed: " + problems.getFirst() + others + ".";
        supervisor.filesRefused(Optional.of(message));
        note(Reason.FILES_REFUSED, message);
    }

    private void note(Reason reason, String message) {
        supervisor.journal().record(Event.Subject.MASTER, reason, message);
    }

    /// One worker more or fewer in every pool with a set count.
    void scaleBy(int delta) {
        changing.lock();
        try {
            var pools = written.counted();
            if (pools.isEmpty()) {
                LOG.info("Nothing to scale: no pool has a set count of replicas");
            }
            for (var pool : pools) {
                if (supervisor.scaleBy(pool, delta)) {
                    LOG.info("Scaling pool {} by {}", pool, delta);
                }
            }
        } finally {
            changing.unlock();
        }
    }

    /// Wants these pools as they are written, and all others as they are.
    ///
    /// @param pools validated, defaults filled in, names unique
    /// @param dryRun whether only to tell what would be done
    ChangeAnswer apply(List<WorkerPool> pools, boolean dryRun) {
        var named = WrittenPools.of(pools);
        return changing(() -> {
            var specs = named.specs(cpus.value());
            return stale(pools).<ChangeAnswer>map(Function.identity()).orElseGet(() -> {
                UnaryOperator<List<PoolSpec>> wish = now -> merged(now, specs);
                return dryRun
                        ? new ChangeAnswer.Done(supervisor.plan(wish))
                        : change("applied", wish, written.with(named));
            });
        });
    }

    private static List<PoolSpec> merged(List<PoolSpec> now, List<PoolSpec> named) {
        var all = new ArrayList<>(named);
        now.stream()
                .filter(spec -> named.stream().noneMatch(other -> other.name().equals(spec.name())))
                .forEach(all::add);
        return all;
    }

    /// Does not want a pool any more.
    ChangeAnswer delete(String name) {
        return changing(() -> written.pool(name).isEmpty()
                ? new ChangeAnswer.NoSuchPool(name)
                : change(
                        "deleted",
                        now -> now.stream()
                                .filter(spec -> !spec.name().equals(name))
                                .toList(),
                        written.without(name)));
    }

    private ChangeAnswer change(String verb, UnaryOperator<List<PoolSpec>> wish, WrittenPools wanted) {
        // Told before it is done: afterwards there is no way any more.
        var plan = supervisor.plan(wish);
        return switch (supervisor.change(wish)) {
            case ChangeOutcome.Applied(var changes) -> {
                written = wanted;
                LOG.info(
                        "Pools {} through the control API: {}",
                        verb,
                        changes.isEmpty() ? "nothing has changed" : String.join("; ", changes));
                yield new ChangeAnswer.Done(plan);
            }
            case ChangeOutcome.Refused(var problems) -> new ChangeAnswer.Refused(problems);
        };
    }

    /// Wants so many workers; the pool has a set count from then on.
    ///
    /// @param version the resource version it must have; empty: any
    ChangeAnswer scale(String name, int replicas, String version) {
        return changing(() -> {
            var stale = stale(name, version, versions());
            if (stale.isPresent()) {
                return stale.get();
            }
            OptionalInt before = supervisor.scale(name, replicas);
            if (before.isEmpty()) {
                return new ChangeAnswer.NoSuchPool(name);
            }
            written = written.scaled(name, replicas);
            if (before.getAsInt() == replicas) {
                return new ChangeAnswer.Done(new Plan(List.of()));
            }
            LOG.info(
                    "Pool scaled through the control API pool={}: replicas {} -> {}",
                    name,
                    before.getAsInt(),
                    replicas);
            return new ChangeAnswer.Done(new Plan(List.of(new Operation.Scale(name, before.getAsInt(), replicas))));
        });
    }

    /// Orders something of a rollout.
    ///
    /// @return empty when there is no such pool
    Optional<RolloutOutcome> rollout(String pool, RolloutOrder order) {
        changing.lock();
        try {
            return supervisor.rollout(pool, order);
        } finally {
            changing.unlock();
        }
    }

    /// Something that is done while nobody else changes what is wanted.
    private interface Change {
        ChangeAnswer make();
    }

    private ChangeAnswer changing(Change change) {
        changing.lock();
        try {
            return isRunning() ? change.make() : new ChangeAnswer.NotRunning();
        } finally {
            changing.unlock();
        }
    }

    private Optional<ChangeAnswer.Stale> stale(List<WorkerPool> pools) {
        var versions = versions();
        return pools.stream()
                .map(WorkerPool::getMetadata)
                .flatMap(pool -> stale(pool.getName(), pool.getResourceVersion(), versions).stream())
                .findFirst();
    }

    private static Optional<ChangeAnswer.Stale> stale(String pool, String given, Map<String, String> versions) {
        return given.isEmpty() || given.equals(versions.get(pool))
                ? Optional.empty()
                : Optional.of(new ChangeAnswer.Stale(pool, given, Optional.ofNullable(versions.get(pool))));
    }

    private Map<String, String> versions() {
        return supervisor.snapshot().pools().stream()
                .collect(Collectors.toMap(pool -> pool.spec().name(), WantedPools::version));
    }

    private static String version(Snapshot.Pool pool) {
        return Long.toString(pool.version());
    }

    private boolean isRunning() {
        return open && !stopping.getAsBoolean();
    }

    /// Those of the cgroup's limit (v1 and v2) and of the affinity, rounded up: the JDK looks each time.
    private static int availableCpus() {
        return Runtime.getRuntime().availableProcessors();
    }
}
