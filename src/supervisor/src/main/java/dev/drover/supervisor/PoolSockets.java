package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketEvent;
import dev.drover.supervisor.socket.SocketOpenException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
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

    private PoolSockets(String pool, List<PoolSocket> sockets) {
        this.pool = pool;
        this.sockets = List.copyOf(sockets);
    }

    /// Opens what can be opened, with a shard for each incarnation there can be.
    ///
    /// @param problems gets a line for each socket that cannot be
    static PoolSockets open(PoolSpec spec, List<String> problems) {
        var opened = new ArrayList<PoolSocket>();
        for (var socket : spec.sockets()) {
            try {
                opened.add(PoolSocket.open(socket, Math.max(1, spec.replicas() + spec.surge())));
            } catch (SocketOpenException failure) {
                problems.add("pool " + spec.name() + ": " + failure.getMessage());
            }
        }
        return new PoolSockets(spec.name(), opened);
    }

    /// Tells from now on what other holders do to the listeners.
    void watch(Poller poller, Consumer<SocketEvent> events) {
        for (var socket : sockets) {
            socket.warning().ifPresent(warning -> LOG.warn("Socket degraded pool={} {}", pool, warning));
            socket.watch(poller, events);
        }
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
        for (var socket : sockets) {
            var open = shards.stream()
                    .filter(shard -> !socket.steered() || shard < socket.shards())
                    .collect(Collectors.toSet());
            try {
                socket.steer(open);
            } catch (PosixException | IllegalArgumentException failure) {
                LOG.error("Connections not steered pool={} socket={}: {}", pool, name(socket), failure.getMessage());
            }
        }
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
        return sockets.stream()
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

    void dropNewConnections() {
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
    }
}
