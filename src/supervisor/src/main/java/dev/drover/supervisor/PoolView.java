package dev.drover.supervisor;

import dev.drover.session.WorkerSession;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.Place;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.pool.RolloutStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/// Draws the snapshot of a pool from its state and what the system knows of its processes.
///
/// @param state the pool
/// @param sockets its sockets
/// @param leases what an incarnation with that shard accepts from
/// @param processes its live incarnations
/// @param exits the last end in each place
/// @param conditions as they are
/// @param version changes with every change
/// @param leaving whether nobody wants it any more
/// @param awaited whether it came later and was never available
/// @param unhealthy why the probes of an incarnation do not pass
/// @param nowNanos the loop's clock
record PoolView(
        PoolState state,
        List<Snapshot.Socket> sockets,
        IntFunction<List<Snapshot.Lease>> leases,
        Map<Incarnation, WorkerProcess> processes,
        ExitReports exits,
        List<Snapshot.Condition> conditions,
        long version,
        boolean leaving,
        boolean awaited,
        Function<Incarnation, String> unhealthy,
        long nowNanos) {

    Snapshot.Pool build() {
        long minReady = state.spec().minReady().toNanos();
        return new Snapshot.Pool(
                state.spec(),
                state.generation(),
                state.revision(),
                version,
                count(state, member -> true),
                count(state, Member::ready),
                count(state, member -> member.revision() == state.revision()),
                count(state, member -> member.availableAt(nowNanos, minReady)),
                sockets,
                workers(),
                conditions,
                RolloutStatus.of(state, nowNanos),
                state.revisions().kept(),
                leaving,
                state.failed(),
                awaited);
    }

    private static int count(PoolState state, Predicate<Member> which) {
        return (int) state.members().filter(which).count();
    }

    private List<Snapshot.Worker> workers() {
        var workers = new ArrayList<Snapshot.Worker>();
        for (int ordinal : state.ordinals()) {
            var place = state.place(ordinal);
            if (place.members().isEmpty()) {
                workers.add(empty(place));
            }
            place.members().forEach(member -> workers.add(worker(place, member)));
        }
        return workers;
    }

    private Snapshot.Worker empty(Place place) {
        return new Snapshot.Worker(
                id(place),
                place.lastNumber(),
                phase(place),
                0,
                0,
                Optional.empty(),
                Optional.empty(),
                place.restarts(),
                exits.of(place.ordinal()),
                List.of(),
                "",
                Optional.empty(),
                "");
    }

    private static Snapshot.Phase phase(Place empty) {
        if (empty.gaveUp()) {
            return Snapshot.Phase.FAILED;
        }
        return empty.backingOff() ? Snapshot.Phase.BACKING_OFF : Snapshot.Phase.PENDING;
    }

    private Snapshot.Worker worker(Place place, Member member) {
        var process = Optional.ofNullable(processes.get(new Incarnation(id(place), member.number())));
        return new Snapshot.Worker(
                id(place),
                member.number(),
                phase(member.life()),
                member.life().pid(),
                member.revision(),
                process.map(WorkerProcess::startedAt),
                member.ready() ? process.flatMap(WorkerProcess::readySince) : Optional.empty(),
                place.restarts(),
                exits.of(place.ordinal()),
                leases.apply(member.shard()),
                process.map(WorkerProcess::statusText).orElse(""),
                process.flatMap(WorkerProcess::session).map(PoolView::session),
                unhealthy.apply(new Incarnation(id(place), member.number())));
    }

    private static Snapshot.Session session(WorkerSession session) {
        var age = Duration.ofNanos(System.nanoTime() - session.heartbeatNanos());
        return new Snapshot.Session(Instant.now().minus(age), session.load(), session.roundTrip());
    }

    private WorkerId id(Place place) {
        return new WorkerId(state.spec().name(), place.ordinal());
    }

    private static Snapshot.Phase phase(Life life) {
        return switch (life) {
            case Life.Spawning _ -> Snapshot.Phase.STARTING;
            case Life.Starting _ -> Snapshot.Phase.STARTING;
            case Life.Ready _ -> Snapshot.Phase.READY;
            case Life.Unready _ -> Snapshot.Phase.UNREADY;
            case Life.Hung _ -> Snapshot.Phase.HUNG;
            case Life.Retiring _ -> Snapshot.Phase.RETIRING;
            case Life.Draining _ -> Snapshot.Phase.DRAINING;
            case Life.Killed _ -> Snapshot.Phase.KILLED;
            case Life.Exited _ -> Snapshot.Phase.KILLED;
        };
    }
}
