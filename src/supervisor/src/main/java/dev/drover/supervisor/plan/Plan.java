package dev.drover.supervisor.plan;

import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.dispatch.DispatchPolicy;
import java.math.BigDecimal;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is to be done to get from some pools to others. What is removed comes first, so that its addresses are free;
/// then each pool that stays, by name: sockets removed, changed, added, then its settings, its size, its template; what
/// is new comes last.
///
/// Carrying it out and asking again gives an empty plan.
///
/// @param operations in the order in which they are to be done
public record Plan(List<Operation> operations) {

    public Plan {
        operations = List.copyOf(operations);
    }

    /// The way from one set of pools to another; names are unique in each.
    public static Plan diff(Collection<PoolSpec> current, Collection<PoolSpec> wanted) {
        var before = byName(current);
        var after = byName(wanted);
        var removed = before.keySet().stream()
                .filter(name -> !after.containsKey(name))
                .sorted()
                .<Operation>map(Operation.PoolRemoved::new);
        var changed = after.values().stream()
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .flatMap(
                        spec -> Stream.ofNullable(before.get(spec.name())).flatMap(old -> changes(old, spec).stream()));
        var added = after.values().stream()
                .filter(spec -> !before.containsKey(spec.name()))
                .sorted((a, b) -> a.name().compareTo(b.name()))
                .<Operation>map(Operation.PoolAdded::new);
        return new Plan(
                Stream.of(removed, changed, added).flatMap(Function.identity()).toList());
    }

    /// Whether there is nothing to do.
    public boolean isEmpty() {
        return operations.isEmpty();
    }

    /// The operations of one pool.
    public List<Operation> of(String pool) {
        return operations.stream()
                .filter(operation -> operation.pool().equals(pool))
                .toList();
    }

    /// A line for each pool that is touched: `pool web: replicas 2 -> 4, new revision (command)`.
    public List<String> lines() {
        var byPool = operations.stream()
                .collect(Collectors.groupingBy(
                        Operation::pool,
                        LinkedHashMap::new,
                        Collectors.mapping(Operation::words, Collectors.joining(", "))));
        return byPool.entrySet().stream()
                .map(pool -> "pool " + pool.getKey() + ": " + pool.getValue())
                .toList();
    }

    private static Map<String, PoolSpec> byName(Collection<PoolSpec> specs) {
        return specs.stream().collect(Collectors.toMap(PoolSpec::name, Function.identity()));
    }

    private static List<Operation> changes(PoolSpec before, PoolSpec after) {
        var pool = after.name();
        var operations = new ArrayList<>(sockets(pool, before.sockets(), after.sockets()));
        var settings = settings(before, after);
        if (!settings.isEmpty()) {
            operations.add(new Operation.SettingsChanged(pool, settings));
        }
        if (before.replicas() != after.replicas()) {
            operations.add(new Operation.Scale(pool, before.replicas(), after.replicas()));
        }
        var template = new ArrayList<>(before.template().changesTo(after.template()));
        if (after.inheritsOthersThan(before)) {
            template.add("sockets");
        }
        if (!template.isEmpty()) {
            operations.add(new Operation.NewRevision(pool, template));
        }
        return operations;
    }

    private static List<Operation> sockets(String pool, List<SocketSpec> before, List<SocketSpec> after) {
        var old = before.stream().collect(Collectors.toMap(SocketSpec::name, Function.identity()));
        var next = after.stream().collect(Collectors.toMap(SocketSpec::name, Function.identity()));
        var staying = before.stream()
                .filter(socket -> next.containsKey(socket.name()))
                .toList();
        var stayed =
                after.stream().filter(socket -> old.containsKey(socket.name())).toList();
        var operations = new ArrayList<Operation>();
        before.stream()
                .filter(socket -> !next.containsKey(socket.name()))
                .forEach(socket -> operations.add(new Operation.SocketRemoved(pool, socket.name())));
        for (int i = 0; i < stayed.size(); i++) {
            var socket = stayed.get(i);
            var was = Objects.requireNonNull(old.get(socket.name()));
            var changes = changes(was, socket);
            if (!staying.get(i).name().equals(socket.name())) {
                // A program that inherits its listeners finds them by their place.
                changes.add(Operation.SocketChanged.POSITION);
            }
            if (!changes.isEmpty()) {
                operations.add(new Operation.SocketChanged(pool, was, socket, changes));
            }
        }
        after.stream()
                .filter(socket -> !old.containsKey(socket.name()))
                .forEach(socket -> operations.add(new Operation.SocketAdded(pool, socket)));
        return operations;
    }

    private static List<String> changes(SocketSpec before, SocketSpec after) {
        var changes = new ArrayList<String>();
        changed(changes, "address", address(before.address()), address(after.address()));
        changed(changes, "backlog", before.backlog(), after.backlog());
        changed(changes, "distribution", word(before.distribution()), word(after.distribution()));
        if (before.policy().isPresent() && after.policy().isPresent()) {
            changed(
                    changes,
                    "policy",
                    word(before.policy().get()),
                    word(after.policy().get()));
        }
        if (changes.isEmpty() && !before.equals(after)) {
            changes.add("settings");
        }
        return changes;
    }

    /// `[::]:8080`, `127.0.0.1:8080`, or a path.
    private static String address(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.isUnresolved()) {
            return address.toString();
        }
        var host = inet.getAddress();
        var text = host.isAnyLocalAddress() && host instanceof Inet6Address ? "::" : host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + inet.getPort();
    }

    private static String word(DispatchPolicy policy) {
        return policy instanceof Enum<?> builtIn ? word(builtIn) : "of the program";
    }

    /// As it is written in a pool file: `LeastConnections`.
    private static String word(Enum<?> choice) {
        return Stream.of(choice.name().split("_"))
                .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
                .collect(Collectors.joining());
    }

    private static List<String> settings(PoolSpec before, PoolSpec after) {
        var changes = new ArrayList<String>();
        changed(changes, "maxSurge", before.maxSurge(), after.maxSurge());
        changed(changes, "maxUnavailable", before.maxUnavailable(), after.maxUnavailable());
        changed(changes, "minReadySeconds", seconds(before.minReady()), seconds(after.minReady()));
        changed(
                changes,
                "progressDeadlineSeconds",
                seconds(before.progressDeadline()),
                seconds(after.progressDeadline()));
        changed(changes, "revisionHistoryLimit", before.revisionHistoryLimit(), after.revisionHistoryLimit());
        changed(changes, "rollbackOnFailure", before.rollbackOnFailure(), after.rollbackOnFailure());
        changed(
                changes,
                "terminationGracePeriodSeconds",
                seconds(before.terminationGrace()),
                seconds(after.terminationGrace()));
        if (!before.restart().equals(after.restart())) {
            changes.add("restart");
        }
        if (!before.recycle().equals(after.recycle())) {
            changes.add("recycle");
        }
        if (!before.output().equals(after.output())) {
            changes.add("logs");
        }
        return changes;
    }

    private static String seconds(Duration time) {
        return BigDecimal.valueOf(time.toNanos(), 9).stripTrailingZeros().toPlainString();
    }

    private static void changed(List<String> changes, String field, Object before, Object after) {
        if (!before.equals(after)) {
            changes.add(field + " " + before + " -> " + after);
        }
    }
}
