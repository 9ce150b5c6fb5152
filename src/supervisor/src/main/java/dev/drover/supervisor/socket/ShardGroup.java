package dev.drover.supervisor.socket;

import dev.drover.posix.Errno;
import dev.drover.posix.ListenQueue;
import dev.drover.posix.Listener;
import dev.drover.posix.PosixException;
import dev.drover.posix.SocketProgram;
import dev.drover.supervisor.socket.SocketOpening.Steering;
import dev.drover.supervisor.socket.SocketOpening.SteeringRefused;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The listeners of a sharded socket and their SO_REUSEPORT group in the kernel.
///
/// Another process of the same user that binds the address with SO_REUSEPORT too would join the group; nothing here
/// can prevent it.
final class ShardGroup implements AutoCloseable {
    private final SocketAddress address;
    private final Steering steering;
    private final List<Listener> listeners = new ArrayList<>();
    private int backlog;

    /// INVARIANT: the kernel's order, except for shutdowns of which [#left] was not told yet.
    private GroupOrder order = GroupOrder.EMPTY;

    private ShardGroup(SocketAddress address, int backlog, Steering steering) {
        this.address = address;
        this.backlog = backlog;
        this.steering = steering;
    }

    /// Opens the first shard, which gets all connections.
    static ShardGroup open(SocketAddress wanted, int backlog, Steering steering) throws SteeringRefused {
        // Without SO_REUSEPORT at first: with it the bind would succeed beside another process of the same user.
        var first = SocketOpening.bindFirst(wanted);
        try {
            enableSteering(first, steering);
            first.listen(backlog);
            var group = new ShardGroup(first.localAddress(), backlog, steering);
            group.add(first);
            return group;
        } catch (Throwable failure) {
            first.close();
            throw failure;
        }
    }

    /// Before the first listen(), so that no connection finds the group without a program.
    private static void enableSteering(Listener first, Steering steering) throws SteeringRefused {
        try {
            first.enableReusePort();
            steering.attach(first, program(GroupOrder.EMPTY.listened(0), Set.of(0), Map.of()));
        } catch (PosixException failure) {
            if (SocketOpening.cannotSteer(failure)) {
                throw new SteeringRefused(failure);
            }
            throw failure;
        }
    }

    private void add(Listener listener) {
        order = order.listened(listeners.size());
        listeners.add(listener);
    }

    /// Opens one more shard. The program stays: it belongs to the group and does not name the new index.
    Listener open() {
        var listener = listen();
        add(listener);
        return listener;
    }

    private Listener listen() {
        var listener = Listener.bind(address, true);
        try {
            listener.listen(backlog);
            return listener;
        } catch (Throwable failure) {
            listener.close();
            throw failure;
        }
    }

    SocketAddress address() {
        return address;
    }

    /// Of those that listen from now on.
    void setBacklog(int connections) {
        backlog = connections;
    }

    int size() {
        return listeners.size();
    }

    Listener listener(int shard) {
        return listeners.get(shard);
    }

    List<Listener> listeners() {
        return listeners;
    }

    ListenQueue queue(int shard) {
        return listeners.get(shard).queue().orElseThrow();
    }

    boolean isListening(int shard) {
        return queue(shard).listening();
    }

    /// Whether the shard is in the group as far as we have heard.
    boolean contains(int shard) {
        return order.contains(shard);
    }

    /// The shard was shut down; to be told in the order in which that happened.
    void left(int shard) {
        order = order.closed(shard);
    }

    /// Makes a shard that has left listen again. One that a worker made to listen by itself is a member already.
    ///
    /// @return the old listener, now the caller's to close, when only a new one in its place could join
    Optional<Listener> join(int shard) {
        var next = order.listened(shard);
        var listener = listeners.get(shard);
        try {
            if (listeners.stream().noneMatch(ShardGroup::isListening)) {
                // The group and its program have ended with the last member.
                steering.attach(listener, program(GroupOrder.EMPTY.listened(shard), Set.of(shard), Map.of()));
            }
            listener.listen(backlog);
            order = next;
            return Optional.empty();
        } catch (PosixException failure) {
            // A program that met the listener while it was shut down made it a group of its own, which never may join
            // another (inet_csk_bind_conflict).
            if (failure.errno() != Errno.EADDRINUSE) {
                throw failure;
            }
            var fresh = listen();
            listeners.set(shard, fresh);
            order = next;
            return Optional.of(listener);
        }
    }

    /// Steers to those of these shards that are members.
    ///
    /// @return false when none is one; then the program stays
    boolean steer(Set<Integer> targets, Map<Integer, Integer> probes) {
        if (targets.stream().noneMatch(order::contains)) {
            return false;
        }
        // The attaching member must listen, see join. With none the news of their shutdowns are under way, and each
        // leads here again.
        var program = program(order, targets, probes);
        order.shards().stream()
                .map(listeners::get)
                .filter(ShardGroup::isListening)
                .findFirst()
                .ifPresent(member -> steering.attach(member, program));
        return true;
    }

    private static SocketProgram program(GroupOrder order, Set<Integer> targets, Map<Integer, Integer> probes) {
        var indexes =
                targets.stream().filter(order::contains).map(order::indexOf).toList();
        var reachable = probes.entrySet().stream()
                .filter(probe -> order.contains(probe.getValue()))
                .map(probe -> new Probe(probe.getKey(), order.indexOf(probe.getValue())))
                .toList();
        return SteeringProgram.of(new SteeringTable(order.size(), indexes, reachable));
    }

    private static boolean isListening(Listener listener) {
        return listener.queue().orElseThrow().listening();
    }

    @Override
    public void close() {
        listeners.reversed().forEach(Listener::close);
    }
}
