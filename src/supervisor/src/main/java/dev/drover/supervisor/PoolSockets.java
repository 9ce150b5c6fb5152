package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketEvent;
import dev.drover.supervisor.socket.SocketOpenException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All sockets of a pool, in the order of its spec. A shard number means that shard of every sharded socket.
/// Belongs to the loop.
final class PoolSockets implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PoolSockets.class);

    /// A handshake ends within this where both ends are this machine, or may be elsewhere.
    private static final Duration SETTLE_LOOPBACK = Duration.ofMillis(100);

    private static final Duration SETTLE_NETWORK = Duration.ofSeconds(1);

    private final String pool;
    private final List<PoolSocket> sockets;

    /// Those of [#sockets] that are not in the spec any more: no further connection is let in, and workers that join
    /// get them still, for what waits there.
    private final List<PoolSocket> leaving = new ArrayList<>();

    /// No worker gets them any more; open until those that have them have let go.
    private final List<PoolSocket> withdrawn = new ArrayList<>();

    /// Shards of each whose worker has not taken it and is to be replaced.
    private final Map<PoolSocket, Set<Integer>> avoided = new HashMap<>();

    private Set<Integer> steered = Set.of();
    private boolean dropping;
    private Optional<Watch> watch = Optional.empty();

    private record Watch(Poller poller, Consumer<SocketEvent> events) {}

    private PoolSockets(String pool, List<PoolSocket> sockets) {
        this.pool = pool;
        this.sockets = new ArrayList<>(sockets);
    }

    /// Opens what can be opened, with a shard for each incarnation there can be.
    ///
    /// @param problems gets a line for each socket that cannot be
    static PoolSockets open(PoolSpec spec, List<String> problems) {
        return open(spec, (_, failure) -> String.valueOf(failure.getMessage()), problems);
    }

    /// The same.
    ///
    /// @param explain says why a socket cannot be opened
    static PoolSockets open(
            PoolSpec spec, BiFunction<SocketSpec, SocketOpenException, String> explain, List<String> problems) {
        var opened = spec.sockets().stream()
                .flatMap(socket -> open(spec.name(), socket, shardsFor(spec), explain, problems).stream())
                .toList();
        return new PoolSockets(spec.name(), opened);
    }

    /// Opens one.
    ///
    /// @return empty when it cannot be opened
    static Optional<PoolSocket> open(
            String pool,
            SocketSpec socket,
            int shards,
            BiFunction<SocketSpec, SocketOpenException, String> explain,
            List<String> problems) {
        try {
            return Optional.of(PoolSocket.open(socket, shards));
        } catch (SocketOpenException failure) {
            problems.add("pool " + pool + ": " + explain.apply(socket, failure));
            return Optional.empty();
        }
    }

    /// A shard for each incarnation there can be.
    static int shardsFor(PoolSpec spec) {
        return Math.max(1, spec.replicas() + spec.surge());
    }

    /// Tells from now on what other holders do to the listeners.
    void watch(Poller poller, Consumer<SocketEvent> events) {
        watch = Optional.of(new Watch(poller, events));
        sockets.forEach(this::watch);
    }

    private void watch(PoolSocket socket) {
        socket.warning().ifPresent(warning -> LOG.warn("Socket degraded pool={} {}", pool, warning));
        watch.ifPresent(started -> socket.watch(started.poller(), started.events()));
    }

    /// Takes further sockets, owned from now on, with the shards of the others; and takes over the order and the
    /// backlogs of the spec.
    void change(PoolSpec spec, List<PoolSocket> added) {
        for (var socket : added) {
            sockets.add(socket);
            watch(socket);
            if (!steered.isEmpty()) {
                steer(socket, steered);
            }
        }
        var wanted = spec.sockets().stream().map(SocketSpec::name).toList();
        sockets.sort(Comparator.comparingInt(
                socket -> leaving.contains(socket) ? Integer.MAX_VALUE : wanted.indexOf(name(socket))));
        for (var next : spec.sockets()) {
            named(next.name()).ifPresent(socket -> changeBacklog(socket, next.backlog()));
        }
    }

    private void changeBacklog(PoolSocket socket, int backlog) {
        if (socket.spec().backlog() == backlog) {
            return;
        }
        try {
            socket.changeBacklog(backlog);
        } catch (PosixException failure) {
            LOG.error("Backlog not changed pool={} socket={}: {}", pool, name(socket), failure.getMessage());
        }
    }

    private Optional<PoolSocket> named(String name) {
        return sockets.stream()
                .filter(socket -> name(socket).equals(name) && !leaving.contains(socket))
                .findFirst();
    }

    /// Lets no further connection in at a socket that the spec has no more.
    PoolSocket beginToLeave(String name) {
        var socket = named(name).orElseThrow();
        leaving.add(socket);
        try {
            socket.dropNewConnections();
        } catch (PosixException failure) {
            // It goes all the same: connections come until it is closed.
            LOG.error("Connections still come in pool={} socket={}: {}", pool, name, failure.getMessage());
        }
        return socket;
    }

    /// Gives one that leaves to no worker any more.
    void withdraw(PoolSocket socket) {
        leaving.remove(socket);
        sockets.remove(socket);
        avoided.remove(socket);
        withdrawn.add(socket);
    }

    /// Closes one that was withdrawn.
    void close(PoolSocket socket) {
        withdrawn.remove(socket);
        socket.close();
    }

    /// How many a worker that joins now would get, and more: those that leave are among them.
    int count() {
        return sockets.size();
    }

    /// Whether a socket of that name is on its way out: there can be no other of that name yet.
    boolean isLeaving(String name) {
        return Stream.concat(leaving.stream(), withdrawn.stream())
                .anyMatch(socket -> name(socket).equals(name));
    }

    /// Name of the socket that holds an address, also of one that is on its way out; empty when none does.
    Optional<String> holderOf(SocketAddress address) {
        return Stream.concat(sockets.stream(), withdrawn.stream())
                .filter(socket -> overlap(socket.address(), address))
                .map(PoolSockets::name)
                .findFirst();
    }

    private static boolean overlap(SocketAddress one, SocketAddress other) {
        if (one instanceof InetSocketAddress first && other instanceof InetSocketAddress second) {
            return first.getPort() == second.getPort()
                    && (first.getAddress().equals(second.getAddress())
                            || first.getAddress().isAnyLocalAddress()
                            || second.getAddress().isAnyLocalAddress());
        }
        return one.equals(other);
    }

    /// How long a retiring worker's queues must stay empty: as long as a handshake may take to end in them. Zero
    /// where no socket has shards.
    Duration settle() {
        var steered = sockets.stream().filter(PoolSocket::steered).toList();
        if (steered.isEmpty()) {
            return Duration.ZERO;
        }
        boolean loopback = steered.stream()
                .allMatch(socket -> socket.address() instanceof InetSocketAddress inet
                        && inet.getAddress().isLoopbackAddress());
        return loopback ? SETTLE_LOOPBACK : SETTLE_NETWORK;
    }

    /// Shards every sharded socket has.
    int shards() {
        return sockets.stream()
                .filter(PoolSocket::steered)
                .mapToInt(PoolSocket::shards)
                .min()
                .orElse(1);
    }

    /// Connections that wait in a shard.
    int queued(int shard) {
        return sockets.stream()
                .filter(socket -> socket.steered() && shard < socket.shards())
                .mapToInt(socket -> socket.queued(shard))
                .sum();
    }

    /// Connections that wait in any queue of the kernel.
    int queued() {
        return sockets.stream().mapToInt(PoolSockets::queued).sum();
    }

    private static int queued(PoolSocket socket) {
        int queued = 0;
        for (int shard = 0; shard < socket.shards(); shard++) {
            queued += socket.queued(shard);
        }
        return queued;
    }

    void grow(int shards) {
        for (var socket : sockets) {
            try {
                socket.grow(shards);
            } catch (SocketOpenException | IllegalArgumentException failure) {
                // The worker that needs the shard finds it missing, fails to start and backs off; its next start
                // opens it again.
                LOG.error("Shard not opened pool={} socket={}: {}", pool, name(socket), failure.getMessage());
            }
        }
    }

    /// Whether every sharded socket has this shard.
    boolean has(int shard) {
        return sockets.stream().allMatch(socket -> !socket.steered() || shard < socket.shards());
    }

    /// Shards that could not be opened are left out.
    void steer(Set<Integer> shards) {
        steered = Set.copyOf(shards);
        sockets.forEach(socket -> steer(socket, shards));
    }

    /// The worker of that shard does not have these sockets: their connections go elsewhere until somebody else
    /// leases it.
    void avoid(int shard, List<String> names) {
        for (var socket : staying()) {
            if (socket.steered() && names.contains(name(socket))) {
                avoided.computeIfAbsent(socket, _ -> new HashSet<>()).add(shard);
                steer(socket, steered);
            }
        }
    }

    /// Somebody leases that shard who gets every socket.
    void leased(int shard) {
        for (var socket : List.copyOf(avoided.keySet())) {
            var shards = avoided.getOrDefault(socket, Set.of());
            if (shards.remove(shard)) {
                steer(socket, steered);
            }
            if (shards.isEmpty()) {
                avoided.remove(socket);
            }
        }
    }

    private void steer(PoolSocket socket, Set<Integer> shards) {
        var open = shards.stream()
                .filter(shard -> !socket.steered() || shard < socket.shards())
                .collect(Collectors.toSet());
        try {
            socket.steer(withoutAvoided(socket, open));
        } catch (PosixException | IllegalArgumentException failure) {
            LOG.error("Connections not steered pool={} socket={}: {}", pool, name(socket), failure.getMessage());
        }
    }

    /// Where no worker is left they wait in a shard that nobody avoids: whoever starts leases the one in which most
    /// wait.
    private Set<Integer> withoutAvoided(PoolSocket socket, Set<Integer> shards) {
        var avoid = avoided.getOrDefault(socket, Set.of());
        var left = shards.stream().filter(shard -> !avoid.contains(shard)).collect(Collectors.toSet());
        if (!left.isEmpty()) {
            return left;
        }
        return IntStream.range(0, socket.shards())
                .filter(shard -> !avoid.contains(shard))
                .boxed()
                .findFirst()
                .map(Set::of)
                .orElse(shards);
    }

    void restoreBacklog(int shard) {
        sockets.forEach(socket -> socket.restoreBacklog(shard));
    }

    /// Mends what was shut down.
    void check() {
        sockets.forEach(PoolSocket::check);
    }

    /// The listeners of a shard as handles; their descriptors stay ours.
    ///
    /// @throws IndexOutOfBoundsException when the shard could not be opened
    List<Handle> handles(int shard) {
        return handles(sockets, shard);
    }

    /// Those of the spec.
    List<PoolSocket> staying() {
        return sockets.stream().filter(socket -> !leaving.contains(socket)).toList();
    }

    /// The same of some of the sockets.
    static List<Handle> handles(List<PoolSocket> some, int shard) {
        return some.stream()
                .filter(socket -> !socket.spec().isDispatched())
                .map(socket -> new Handle(
                        HandleKind.LISTENER,
                        name(socket),
                        socket.address(),
                        socket.spec().backlog(),
                        socket.listener(shard).fd()))
                .toList();
    }

    /// Their names, in the order of the spec.
    List<String> names() {
        return sockets.stream().map(PoolSockets::name).toList();
    }

    /// Those whose connections the supervisor accepts and gives away itself.
    List<PoolSocket> dispatched() {
        return sockets.stream().filter(socket -> socket.spec().isDispatched()).toList();
    }

    /// Their names.
    List<String> dispatchedNames() {
        return dispatched().stream().map(PoolSockets::name).toList();
    }

    /// The socket of that name, to be reached shard by shard; empty when it is not there any more, or lets nobody in.
    Optional<PoolSocket> probed(String name) {
        return dropping ? Optional.empty() : named(name);
    }

    void dropNewConnections() {
        dropping = true;
        sockets.forEach(PoolSocket::dropNewConnections);
    }

    /// Whether nothing is under way to anybody.
    boolean quiet() {
        return sockets.stream().allMatch(PoolSocket::quiet);
    }

    boolean isEmpty() {
        return sockets.isEmpty();
    }

    private static String name(PoolSocket socket) {
        return socket.spec().name();
    }

    /// @param held connections of the socket of that name which the supervisor holds until a worker takes them
    List<Snapshot.Socket> views(ToIntFunction<String> held) {
        return sockets.stream().map(socket -> view(socket, held)).toList();
    }

    private static Snapshot.Socket view(PoolSocket socket, ToIntFunction<String> held) {
        int queued = queued(socket) + held.applyAsInt(name(socket));
        return new Snapshot.Socket(name(socket), distribution(socket), socket.address(), socket.shards(), queued);
    }

    /// As it is: a sharded socket may have been opened as a shared one.
    private static SocketSpec.Distribution distribution(PoolSocket socket) {
        return switch (socket.spec().distribution()) {
            case SHARDED -> socket.steered() ? SocketSpec.Distribution.SHARDED : SocketSpec.Distribution.SHARED;
            case SHARED -> SocketSpec.Distribution.SHARED;
            case DISPATCHED -> SocketSpec.Distribution.DISPATCHED;
        };
    }

    /// What an incarnation with that shard accepts from.
    List<Snapshot.Lease> leases(int shard) {
        return sockets.stream()
                .filter(socket -> !socket.spec().isDispatched())
                .map(socket -> {
                    int leased = socket.steered() ? shard : 0;
                    int queued = leased < socket.shards() ? socket.queued(leased) : 0;
                    return new Snapshot.Lease(name(socket), leased, queued);
                })
                .toList();
    }

    @Override
    public void close() {
        sockets.forEach(PoolSocket::close);
        withdrawn.forEach(PoolSocket::close);
    }
}
