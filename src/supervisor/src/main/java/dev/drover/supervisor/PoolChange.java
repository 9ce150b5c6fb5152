package dev.drover.supervisor;

import static java.util.Objects.requireNonNull;

import dev.drover.handoff.HandoffLimits;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketOpenException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/// Carries out the plan from what there is to what is wanted, whole or not at all. Belongs to the loop.
///
/// Every socket that is new is opened before anything else is touched: one that cannot be opened refuses the whole.
/// Nothing is opened in the place of a socket that is removed: that one lives on until its connections have run out.
final class PoolChange {
    private final Services services;
    private final Map<String, PoolRuntime> pools;
    private final Predicate<String> forks;
    private final Removals removals;

    /// @param pools of the supervisor
    /// @param forks whether a name is that of a fork: those are let alone
    PoolChange(Services services, Map<String, PoolRuntime> pools, Predicate<String> forks, Removals removals) {
        this.services = services;
        this.pools = pools;
        this.forks = forks;
        this.removals = removals;
    }

    /// What was opened for a change and nobody has yet.
    ///
    /// @param pools the sockets of each pool that is added
    /// @param sockets those that each pool gets
    private record Opened(Map<String, PoolSockets> pools, Map<String, List<PoolSocket>> sockets) {
        void close() {
            pools.values().forEach(PoolSockets::close);
            sockets.values().forEach(added -> added.forEach(PoolSocket::close));
        }
    }

    /// @param wish from what is wanted to what shall be
    Plan plan(UnaryOperator<List<PoolSpec>> wish) {
        var wanted = wanted();
        return Plan.diff(wanted, wish.apply(wanted));
    }

    /// @param wish from what is wanted to what shall be
    ChangeOutcome apply(UnaryOperator<List<PoolSpec>> wish) {
        var wanted = wanted();
        var specs = wish.apply(wanted);
        var plan = Plan.diff(wanted, specs);
        var problems = new ArrayList<String>();
        for (var operation : plan.operations()) {
            problem(operation, specs)
                    .filter(problem -> !problems.contains(problem))
                    .ifPresent(problems::add);
        }
        tooMany(plan, problems);
        if (!problems.isEmpty()) {
            return new ChangeOutcome.Refused(problems);
        }
        var opened = open(plan, specs, problems);
        if (!problems.isEmpty()) {
            opened.close();
            return new ChangeOutcome.Refused(problems);
        }
        carryOut(plan, specs, opened);
        return new ChangeOutcome.Applied(plan.lines());
    }

    /// A worker gets all listeners of its pool in one datagram, those of sockets that are on their way out included.
    private void tooMany(Plan plan, List<String> problems) {
        var added = plan.operations().stream()
                .filter(operation -> socketToOpen(operation).isPresent())
                .collect(Collectors.groupingBy(Operation::pool, TreeMap::new, Collectors.counting()));
        added.forEach((pool, count) -> {
            if (runtime(pool).sockets().count() + count > HandoffLimits.MAX_DESCRIPTORS) {
                problems.add(
                        "pool " + pool + ": more than " + HandoffLimits.MAX_DESCRIPTORS + " sockets, those that are"
                                + " removed included: remove some first, and add the others when those are closed");
            }
        });
    }

    private List<PoolSpec> wanted() {
        return new TreeMap<>(pools)
                .values().stream()
                        .map(PoolRuntime::spec)
                        .filter(spec -> !forks.test(spec.name()) && !removals.contains(spec.name()))
                        .toList();
    }

    /// Why it cannot be done while everything runs, with what can be done instead.
    private Optional<String> problem(Operation operation, List<PoolSpec> specs) {
        return switch (operation) {
            case Operation.PoolAdded added -> nameTaken(added.pool());
            case Operation.SocketAdded(var pool, var socket) -> cannotOpen(pool, socket);
            case Operation.SocketChanged changed -> cannotChange(changed);
            case Operation.PoolRemoved _ -> Optional.empty();
            case Operation.SocketRemoved _ -> Optional.empty();
            case Operation.SettingsChanged _ -> Optional.empty();
            case Operation.Scale _ -> Optional.empty();
            case Operation.NewRevision(var pool, var _) -> cannotRollOut(pool, wanted(specs, pool));
        };
    }

    private static PoolSpec wanted(List<PoolSpec> specs, String pool) {
        return specs.stream()
                .filter(spec -> spec.name().equals(pool))
                .findFirst()
                .orElseThrow();
    }

    private Optional<String> nameTaken(String pool) {
        if (forks.test(pool)) {
            return Optional.of("pool " + pool + ": there is a fork of that name: choose another");
        }
        return removals.contains(pool)
                ? Optional.of("pool " + pool + ": one of that name is on its way out: add it again when that is gone,"
                        + " or choose another name")
                : Optional.empty();
    }

    private Optional<String> cannotOpen(String pool, SocketSpec socket) {
        return runtime(pool).sockets().isLeaving(socket.name())
                ? Optional.of(which(pool, socket.name()) + "one of that name is on its way out: do it when that is"
                        + " closed, or choose another name")
                : Optional.empty();
    }

    /// Another is opened in its place, which needs another address.
    private Optional<String> cannotChange(Operation.SocketChanged changed) {
        if (changed.inPlace()) {
            return Optional.empty();
        }
        if (changed.before().address().equals(changed.after().address())) {
            return Optional.of(which(changed.pool(), changed.after().name()) + String.join(", ", changed.changes())
                    + ": only the backlog of an open socket can be changed at its address: give it another address, or"
                    + " remove it and add it again when it is closed");
        }
        return cannotOpen(changed.pool(), changed.after());
    }

    /// Workers that inherit their sockets are replaced for others, by a rollout.
    private Optional<String> cannotRollOut(String pool, PoolSpec wanted) {
        var runtime = runtime(pool);
        return wanted.inheritsOthersThan(runtime.spec())
                        && runtime.state().rollout().paused()
                ? Optional.of("pool " + pool + ": its workers inherit their sockets and would have to be replaced, but"
                        + " its rollout is paused: resume it first")
                : Optional.empty();
    }

    private static String which(String pool, String socket) {
        return "pool " + pool + ": socket " + socket + ": ";
    }

    private PoolRuntime runtime(String pool) {
        return requireNonNull(pools.get(pool));
    }

    private Opened open(Plan plan, List<PoolSpec> specs, List<String> problems) {
        var opened = new Opened(new TreeMap<>(), new HashMap<>());
        for (var operation : plan.operations()) {
            if (operation instanceof Operation.PoolAdded(var spec)) {
                opened.pools().put(spec.name(), PoolSockets.open(spec, this::explain, problems));
            }
            socketToOpen(operation).ifPresent(socket -> {
                var pool = operation.pool();
                int shards = runtime(pool).shardsFor(wanted(specs, pool));
                PoolSockets.open(pool, socket, shards, this::explain, problems)
                        .ifPresent(one -> opened.sockets()
                                .computeIfAbsent(pool, _ -> new ArrayList<>())
                                .add(one));
            });
        }
        return opened;
    }

    private static Optional<SocketSpec> socketToOpen(Operation operation) {
        return switch (operation) {
            case Operation.SocketAdded(var _, var socket) -> Optional.of(socket);
            case Operation.SocketChanged changed when !changed.inPlace() -> Optional.of(changed.after());
            case Operation.SocketChanged _ -> Optional.empty();
            case Operation.SocketRemoved _ -> Optional.empty();
            case Operation.PoolAdded _ -> Optional.empty();
            case Operation.PoolRemoved _ -> Optional.empty();
            case Operation.SettingsChanged _ -> Optional.empty();
            case Operation.Scale _ -> Optional.empty();
            case Operation.NewRevision _ -> Optional.empty();
        };
    }

    /// Where it is one of ours that is in the way, the system only says that there is something.
    private String explain(SocketSpec socket, SocketOpenException failure) {
        var message = String.valueOf(failure.getMessage());
        return failure.addressInUse() ? holder(socket).orElse(message) : message;
    }

    private Optional<String> holder(SocketSpec socket) {
        for (var pool : pools.values()) {
            var holder = pool.sockets().holderOf(socket.address());
            if (holder.isPresent()) {
                return Optional.of("cannot open socket " + socket.name() + ": socket " + holder.get() + " of pool "
                        + pool.spec().name() + " has its address; one that is removed has it until its connections have"
                        + " run out: apply that first, and this when it is closed");
            }
        }
        return Optional.empty();
    }

    /// Tells what is wanted from now on.
    static void note(Journal journal, Operation operation) {
        var reason = switch (operation) {
            case Operation.PoolAdded _ -> Reason.POOL_ADDED;
            case Operation.PoolRemoved _ -> Reason.POOL_REMOVED;
            case Operation.SocketAdded _ -> Reason.SOCKET_ADDED;
            case Operation.SocketRemoved _ -> Reason.SOCKET_REMOVED;
            case Operation.SocketChanged _ -> Reason.SOCKET_CHANGED;
            case Operation.SettingsChanged _ -> Reason.SETTINGS_CHANGED;
            case Operation.Scale _ -> Reason.SCALED;
            case Operation.NewRevision _ -> Reason.REVISION_WANTED;
        };
        journal.record(Event.Subject.pool(operation.pool()), reason, "Wanted: " + operation.words() + ".");
    }

    private void carryOut(Plan plan, List<PoolSpec> specs, Opened opened) {
        plan.operations().forEach(operation -> note(services.journal(), operation));
        for (var operation : plan.operations()) {
            if (operation instanceof Operation.PoolRemoved(var pool)) {
                removals.begin(pool);
            }
        }
        for (var spec : specs) {
            var pool = pools.get(spec.name());
            if (pool != null && !pool.spec().equals(spec)) {
                pool.change(spec, opened.sockets().getOrDefault(spec.name(), List.of()));
            }
        }
        for (var operation : plan.operations()) {
            if (operation instanceof Operation.PoolAdded(var spec)) {
                PoolRuntime.start(services, spec, requireNonNull(opened.pools().get(spec.name())), true, pools);
            }
        }
    }
}
