package dev.drover.supervisor;

import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.PoolState;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Looks, once a second, which workers of a pool have served for long enough or have grown too large. Belongs to the
/// loop.
final class Recycling {
    private static final long MEBI = 1 << 20;

    private final Services services;
    private final Owner owner;
    private boolean measuring;

    /// Who is told.
    interface Owner {
        /// The process of an incarnation that runs.
        Optional<WorkerProcess> process(int ordinal, int number);

        /// It is to be replaced.
        void wornOut(WorkerProcess process, Bound reached);
    }

    /// Why.
    ///
    /// @param name of the bound, as in a pool file
    /// @param detail what the worker has and what it may have
    record Bound(String name, String detail) {}

    Recycling(Services services, Owner owner) {
        this.services = services;
        this.owner = owner;
    }

    void look(PoolState state) {
        var policy = state.spec().recycle();
        if (policy.isNever()) {
            return;
        }
        long now = services.loop().nanoTime();
        var large = new HashMap<Long, WorkerProcess>();
        for (var place : state.places()) {
            for (var member : place.members()) {
                if (!isServing(member)) {
                    continue;
                }
                owner.process(place.ordinal(), member.number()).ifPresent(process -> {
                    var bounds = policy.of(process.chance());
                    var reached = age(member, bounds, now).or(() -> requests(process, bounds));
                    reached.ifPresent(bound -> owner.wornOut(process, bound));
                    if (reached.isEmpty() && bounds.maxMemoryBytes().isPresent()) {
                        large.put(member.life().pid(), process);
                    }
                });
            }
        }
        measure(policy, large);
    }

    private static boolean isServing(Member member) {
        return !member.worn()
                && member.everReady()
                && (member.life() instanceof Life.Ready || member.life() instanceof Life.Unready);
    }

    private static Optional<Bound> age(Member member, RecyclePolicy bounds, long now) {
        long age = now - member.startedNanos();
        return bounds.maxAge()
                .filter(most -> age >= most.toNanos())
                .map(most -> new Bound(
                        "maxAgeSeconds",
                        "started " + seconds(age) + " s ago, " + seconds(most.toNanos()) + " are allowed"));
    }

    private static long seconds(long nanos) {
        return Duration.ofNanos(nanos).toSeconds();
    }

    private static Optional<Bound> requests(WorkerProcess process, RecyclePolicy bounds) {
        long answered = process.session()
                .flatMap(session -> session.load())
                .map(load -> load.requests())
                .orElse(0L);
        long most = bounds.maxRequests().orElse(Long.MAX_VALUE);
        return answered >= most
                ? Optional.of(new Bound("maxRequests", answered + " requests answered, " + most + " are allowed"))
                : Optional.empty();
    }

    /// One question at a time: a kernel that is slow to tell must not be asked more and more.
    private void measure(RecyclePolicy policy, Map<Long, WorkerProcess> processes) {
        if (measuring || processes.isEmpty()) {
            return;
        }
        var bounds = new HashMap<Long, Long>();
        processes.forEach((pid, process) ->
                bounds.put(pid, policy.of(process.chance()).maxMemoryBytes().orElse(Long.MAX_VALUE)));
        measuring = services.memory()
                .ask(
                        bounds,
                        larger -> services.loop().post(() -> {
                            measuring = false;
                            larger.forEach((pid, bytes) -> {
                                var process = processes.get(pid);
                                if (process != null) {
                                    var detail = bytes / MEBI + " MiB used, " + bounds.getOrDefault(pid, 0L) / MEBI
                                            + " are allowed";
                                    owner.wornOut(process, new Bound("maxMemoryMiB", detail));
                                }
                            });
                        }));
    }
}
