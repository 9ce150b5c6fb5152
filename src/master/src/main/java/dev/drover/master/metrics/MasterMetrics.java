package dev.drover.master.metrics;

import dev.drover.master.Controls;
import dev.drover.posix.Processes;
import dev.drover.supervisor.ExitCause;
import dev.drover.supervisor.Incarnation;
import dev.drover.supervisor.Measures;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.pool.RolloutStatus;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Writes down what was measured, metric by metric. Any thread.
final class MasterMetrics {
    /// How a rollout can stand.
    private static final List<String> ROLLOUT_STATES = List.of("Progressing", "Paused", "Complete", "Failed");

    private final Controls controls;
    private final Supplier<String> version;
    private final InstantSource clock;
    private final WorkerPages workerPages;

    MasterMetrics(Controls controls, Supplier<String> version, InstantSource clock) {
        this.controls = controls;
        this.version = version;
        this.clock = clock;
        this.workerPages = new WorkerPages(controls.applicationMetrics(), controls::written);
    }

    /// Measures, and waits for it.
    ///
    /// @param bound at most so long for the loop and the kernel, and again for the pages of workers
    /// @throws dev.drover.supervisor.SupervisorException where the loop does not answer in that time, or has ended
    List<MetricSnapshot> gather(Duration bound) {
        var measures = controls.measure(bound);
        var sheet = new Sheet();
        var pages = workerPages.ask(measures.snapshot(), bound);
        master(sheet, measures);
        for (var pool : measures.snapshot().pools()) {
            pool(sheet, pool);
            sockets(sheet, pool);
            measures.pool(pool.spec().name()).ifPresent(measured -> counts(sheet, pool, measured));
            serving(pool).forEach(worker -> worker(sheet, worker, measures));
            serving(pool).forEach(worker -> page(sheet, worker, pages));
        }
        var applications = applications(sheet, measures.snapshot());
        return Stream.concat(sheet.snapshots().stream(), applications.stream()).toList();
    }

    private List<MetricSnapshot> applications(Sheet sheet, Snapshot snapshot) {
        var pools = snapshot.pools().stream().map(pool -> pool.spec().name()).collect(Collectors.toSet());
        var totals = new TreeMap<>(controls.applicationMetrics().read(pools));
        var families = new ApplicationFamilies();
        families.add(totals);
        var snapshots = families.snapshots();
        long refused =
                totals.values().stream().mapToLong(pool -> pool.refused()).sum();
        sheet.add(Metric.APPLICATION_REFUSED, refused + families.refused());
        sheet.add(Metric.APPLICATION_SERIES, (long) snapshots.stream()
                .mapToInt(family -> family.getDataPoints().size())
                .sum());
        return snapshots;
    }

    private void master(Sheet sheet, Measures measures) {
        sheet.add(Metric.MASTER, 1, version.get());
        sheet.add(Metric.MASTER_START_TIME, seconds(controls.startedAt()));
        sheet.add(
                Metric.MASTER_READY,
                controls.isStarted() && !measures.snapshot().stopping());
        sheet.add(Metric.LOOP_WAIT, measures.loopWaits());
        measures.usages().flatMap(usages -> usages.of(Processes.currentPid())).ifPresent(own -> {
            sheet.add(Metric.MASTER_CPU, own.cpuSeconds());
            sheet.add(Metric.MASTER_MEMORY, own.residentBytes());
            sheet.add(Metric.MASTER_THREADS, own.threads());
            own.descriptors().ifPresent(open -> sheet.add(Metric.MASTER_DESCRIPTORS, open));
        });
    }

    private static void pool(Sheet sheet, Snapshot.Pool pool) {
        var name = pool.spec().name();
        sheet.add(Metric.POOL_WANTED, pool.spec().replicas(), name);
        sheet.add(Metric.POOL_READY, pool.ready(), name);
        sheet.add(Metric.POOL_AVAILABLE, pool.available(), name);
        sheet.add(Metric.POOL_UPDATED, pool.updated(), name);
        sheet.add(Metric.POOL_ALIVE, pool.alive(), name);
        sheet.add(Metric.POOL_REVISION, pool.revision(), name);
        var stands = state(pool.rollout());
        ROLLOUT_STATES.forEach(state -> sheet.add(Metric.POOL_ROLLOUT, state.equals(stands), name, state));
        pool.conditions()
                .forEach(condition -> sheet.add(
                        Metric.POOL_CONDITION,
                        condition.holds(),
                        name,
                        switch (condition.type()) {
                            case AVAILABLE -> "Available";
                            case PROGRESSING -> "Progressing";
                            case DEGRADED -> "Degraded";
                        }));
    }

    private static String state(RolloutStatus rollout) {
        return switch (rollout) {
            case RolloutStatus.Progressing _ -> "Progressing";
            case RolloutStatus.Paused _ -> "Paused";
            case RolloutStatus.Complete _ -> "Complete";
            case RolloutStatus.Failed _ -> "Failed";
        };
    }

    private static void sockets(Sheet sheet, Snapshot.Pool pool) {
        var name = pool.spec().name();
        // One that leaves may have the name of none that is wanted, never of another that is open.
        for (var socket : pool.sockets()) {
            sheet.add(Metric.SOCKET_QUEUED, socket.queued(), name, socket.name());
            sheet.add(Metric.SOCKET_SHARDS, socket.shards(), name, socket.name());
        }
        for (var socket : pool.spec().sockets()) {
            sheet.add(Metric.SOCKET_LIMIT, socket.backlog(), name, socket.name());
        }
    }

    private static void counts(Sheet sheet, Snapshot.Pool pool, Measures.Pool measured) {
        var name = pool.spec().name();
        measured.exits().forEach((cause, count) -> sheet.add(Metric.POOL_EXITS, count, name, word(cause)));
        measured.handovers().forEach((socket, handovers) -> {
            sheet.add(Metric.HANDOVER, handovers.latencies(), name, socket);
            sheet.add(Metric.REDELIVERIES, handovers.refused(), name, socket, "Refused");
            sheet.add(Metric.REDELIVERIES, handovers.orphaned(), name, socket, "Died");
        });
    }

    /// As in the status of a worker, where that has a word for it.
    static String word(ExitCause cause) {
        return switch (cause) {
            case STOPPED -> "Stopped";
            case COMPLETED -> "Completed";
            case ERROR -> "Error";
            case SIGNAL -> "Signal";
            case OUT_OF_MEMORY -> "OOMKilled";
            case HUNG -> "Hung";
            case START_ERROR -> "StartError";
        };
    }

    /// One incarnation of each place: the ready one, or else the newest.
    private static List<Snapshot.Worker> serving(Snapshot.Pool pool) {
        var serving = new ArrayList<Snapshot.Worker>();
        for (var worker : pool.workers()) {
            if (serving.isEmpty() || !serving.getLast().id().equals(worker.id())) {
                serving.add(worker);
            } else if (!isReady(serving.getLast())) {
                serving.set(serving.size() - 1, worker);
            }
        }
        return serving;
    }

    private static boolean isReady(Snapshot.Worker worker) {
        return worker.phase() == Snapshot.Phase.READY;
    }

    private void worker(Sheet sheet, Snapshot.Worker worker, Measures measures) {
        var pool = worker.id().pool();
        var name = worker.id().toString();
        sheet.add(Metric.WORKER_READY, isReady(worker), pool, name);
        sheet.add(Metric.WORKER_RESTARTS, worker.restarts(), pool, name);
        measures.pool(pool).ifPresent(measured -> exits(sheet, worker, measured));
        worker.startedAt().ifPresent(time -> sheet.add(Metric.WORKER_START_TIME, seconds(time), pool, name));
        worker.leases().forEach(lease -> sheet.add(Metric.WORKER_QUEUE, lease.queued(), pool, name, lease.socket()));
        measures.usages().flatMap(usages -> usages.of(worker.pid())).ifPresent(usage -> {
            sheet.add(Metric.WORKER_MEMORY, usage.residentBytes(), pool, name);
            sheet.add(Metric.WORKER_CPU, usage.cpuSeconds(), pool, name);
            sheet.add(Metric.WORKER_THREADS, usage.threads(), pool, name);
            usage.descriptors().ifPresent(open -> sheet.add(Metric.WORKER_DESCRIPTORS, open, pool, name));
        });
        session(sheet, worker, measures);
    }

    /// All from the start: what begins with 1 has no increase.
    private static void exits(Sheet sheet, Snapshot.Worker worker, Measures.Pool measured) {
        for (var cause : ExitCause.values()) {
            var id = worker.id();
            sheet.add(Metric.WORKER_EXITS, measured.exits(id, cause), id.pool(), id.toString(), word(cause));
        }
    }

    private void session(Sheet sheet, Snapshot.Worker worker, Measures measures) {
        var pool = worker.id().pool();
        var name = worker.id().toString();
        var incarnation = new Incarnation(worker.id(), worker.incarnation());
        measures.pool(pool)
                .filter(_ -> !worker.leases().isEmpty())
                .ifPresent(measured ->
                        sheet.add(Metric.WORKER_WEIGHT, measured.steered().contains(incarnation), pool, name));
        measures.traffic(incarnation).ifPresent(traffic -> {
            sheet.add(Metric.WORKER_SENT, traffic.sent(), pool, name);
            sheet.add(Metric.WORKER_RECEIVED, traffic.received(), pool, name);
        });
        worker.session().ifPresent(session -> {
            var age = Duration.between(session.lastHeartbeat(), clock.instant());
            sheet.add(Metric.WORKER_HEARTBEAT, Math.max(0, age.toNanos() / 1e9), pool, name);
            session.roundTrip()
                    .ifPresent(time -> sheet.add(Metric.WORKER_ROUND_TRIP, time.toNanos() / 1e9, pool, name));
            session.load().ifPresent(load -> {
                sheet.add(Metric.WORKER_CONNECTIONS, load.connections(), pool, name);
                sheet.add(Metric.WORKER_IN_FLIGHT, load.inFlight(), pool, name);
                sheet.add(Metric.WORKER_REQUESTS, load.requests(), pool, name);
            });
        });
    }

    private static void page(Sheet sheet, Snapshot.Worker worker, Map<Incarnation, Boolean> pages) {
        var isRead = pages.get(new Incarnation(worker.id(), worker.incarnation()));
        if (isRead != null) {
            sheet.add(
                    Metric.WORKER_PAGE, isRead, worker.id().pool(), worker.id().toString());
        }
    }

    private static double seconds(Instant time) {
        return time.toEpochMilli() / 1e3;
    }
}
