package dev.drover.supervisor.socket;

import dev.drover.posix.ListenQueue;
import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.SocketProgram;
import dev.drover.supervisor.SocketSpec;
import dev.drover.supervisor.socket.SocketOpening.Steering;
import dev.drover.supervisor.socket.SocketOpening.SteeringRefused;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A SO_REUSEPORT group of TCP listeners. Its program sends new connections to the shards steered to.
///
/// Another process of the same user that binds the address with SO_REUSEPORT too would join the group; nothing here
/// can prevent it.
final class ShardedSocket implements PoolSocket {
    private final SocketSpec spec;
    private final InetSocketAddress address;
    private final Steering steering;
    private final List<Listener> listeners = new ArrayList<>();
    private final ListenerWatch watch = new ListenerWatch();

    /// INVARIANT: the kernel's order, except for shutdowns of which we have not heard yet.
    private GroupOrder order = GroupOrder.EMPTY;

    private Set<Integer> targets = Set.of(0);
    private Map<Integer, Integer> probes = Map.of();

    /// Shards of which we have heard that they were shut down, in that order.
    private final Set<Integer> lost = new LinkedHashSet<>();

    /// Shards the last check found shut down without having heard of it.
    private Set<Integer> unheard = Set.of();

    private boolean closing;

    private ShardedSocket(SocketSpec spec, InetSocketAddress address, Steering steering) {
        this.spec = spec;
        this.address = address;
        this.steering = steering;
    }

    static ShardedSocket open(SocketSpec spec, int shards, Steering steering) throws SteeringRefused {
        if (shards < 1 || shards > SteeringTable.MAX_SIZE) {
            throw new IllegalArgumentException(shards + " shards are not within 1.." + SteeringTable.MAX_SIZE);
        }
        // Without SO_REUSEPORT at first: with it the bind would succeed beside another process of the same user.
        var first = Listener.bind(spec.address(), false);
        try {
            enableSteering(first, steering);
            var socket = new ShardedSocket(spec, (InetSocketAddress) first.localAddress(), steering);
            try {
                first.listen(spec.backlog());
                socket.add(first);
                socket.openUpTo(shards);
                return socket;
            } catch (Throwable failure) {
                socket.close();
                throw failure;
            }
        } catch (Throwable failure) {
            first.close();
            throw failure;
        }
    }

    /// Before the first listen(), so that no connection finds the group without a program.
    private static void enableSteering(Listener first, Steering steering) throws SteeringRefused {
        try {
            first.enableReusePort();
            steering.attach(first, SteeringProgram.of(new SteeringTable(1, List.of(0), List.of())));
        } catch (PosixException failure) {
            if (SocketOpening.cannotSteer(failure)) {
                throw new SteeringRefused(failure);
            }
            throw failure;
        }
    }

    private void add(Listener listener) {
        int shard = listeners.size();
        listeners.add(listener);
        order = order.listened(shard);
        watch.add(listener, () -> lost(shard));
    }

    private void openUpTo(int shards) {
        while (listeners.size() < shards) {
            // The program stays: it belongs to the group and names none of the new indexes.
            var listener = Listener.bind(address, true);
            try {
                listener.listen(spec.backlog());
            } catch (PosixException failure) {
                listener.close();
                throw failure;
            }
            add(listener);
        }
    }

    @Override
    public SocketSpec spec() {
        return spec;
    }

    @Override
    public SocketAddress address() {
        return address;
    }

    @Override
    public int shards() {
        return listeners.size();
    }

    @Override
    public boolean steered() {
        return true;
    }

    @Override
    public Optional<String> warning() {
        return Optional.empty();
    }

    @Override
    public void grow(int shards) {
        if (shards > SteeringTable.MAX_SIZE) {
            throw new IllegalArgumentException(shards + " shards are not within 1.." + SteeringTable.MAX_SIZE);
        }
        try {
            openUpTo(shards);
        } catch (PosixException failure) {
            throw OpenFailure.of(spec, failure);
        }
    }

    @Override
    public Listener listener(int shard) {
        return listeners.get(shard);
    }

    @Override
    public void steer(Set<Integer> shards) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("cannot steer " + OpenFailure.describe(spec) + " to no shard");
        }
        shards.forEach(shard -> Objects.checkIndex(shard, listeners.size()));
        apply(Set.copyOf(shards), probes);
    }

    @Override
    public void probe(Map<Integer, Integer> shardBySourcePort) {
        shardBySourcePort.values().forEach(shard -> Objects.checkIndex(shard, listeners.size()));
        apply(targets, Map.copyOf(shardBySourcePort));
    }

    /// The only place that changes the program.
    private void apply(Set<Integer> newTargets, Map<Integer, Integer> newProbes) {
        var indexes =
                newTargets.stream().filter(order::contains).map(order::indexOf).toList();
        if (!indexes.isEmpty()) {
            // Any member will do. Had it been shut down without our having heard, the program would go astray; the
            // news of that applies it again.
            steering.attach(listeners.get(order.shards().getFirst()), program(order, indexes, newProbes));
        }
        targets = newTargets;
        probes = newProbes;
        if (indexes.isEmpty()) {
            mendTargets();
        }
    }

    private static SocketProgram program(GroupOrder order, List<Integer> indexes, Map<Integer, Integer> probes) {
        var reachable = probes.entrySet().stream()
                .filter(probe -> order.contains(probe.getValue()))
                .map(probe -> new Probe(probe.getKey(), order.indexOf(probe.getValue())))
                .toList();
        return SteeringProgram.of(new SteeringTable(order.size(), indexes, reachable));
    }

    @Override
    public int queued(int shard) {
        return queue(shard).queued();
    }

    private ListenQueue queue(int shard) {
        return listeners.get(shard).queue().orElseThrow();
    }

    @Override
    public void restoreBacklog(int shard) {
        var queue = queue(shard);
        // listen() on one that was shut down would make it a member of the group; that is for check() to do.
        if (queue.listening() && queue.limit() != spec.backlog()) {
            listeners.get(shard).listen(spec.backlog());
        }
    }

    @Override
    public void watch(Poller poller, Consumer<SocketEvent> events) {
        watch.start(poller, events);
    }

    /// The poller tells in the order of the shutdowns, so the order stays right whatever their number.
    private void lost(int shard) {
        if (closing || !order.contains(shard)) {
            return;
        }
        order = order.closed(shard);
        lost.add(shard);
        watch.tell(new SocketEvent.ShardLost(this, shard));
        apply(targets, probes);
    }

    @Override
    public void check() {
        if (closing) {
            return;
        }
        var down = new LinkedHashSet<Integer>();
        order.shards().stream()
                .filter(shard -> !queue(shard).listening())
                .sorted()
                .forEach(down::add);
        if (!down.isEmpty() && !unheard.containsAll(down)) {
            // The poller is about to tell, and in the right order.
            unheard = down;
            return;
        }
        unheard = Set.of();
        down.forEach(this::lost);
        mend(List.copyOf(lost));
    }

    private void mendTargets() {
        mend(lost.stream().filter(targets::contains).toList());
    }

    /// Makes shards members of the group again; a shard that a worker made to listen by itself already is one.
    private void mend(List<Integer> shards) {
        var mended = new ArrayList<Integer>();
        // Targets first: where the group has ended, the first to listen gets all until the program is there.
        var targetsFirst = shards.stream()
                .sorted(Comparator.comparing(shard -> !targets.contains(shard)))
                .toList();
        for (int shard : targetsFirst) {
            try {
                var listener = listeners.get(shard);
                var next = order.listened(shard);
                if (order.isEmpty()) {
                    // The group and its program ended with its last member.
                    steering.attach(listener, program(next, List.of(0), Map.of()));
                }
                listener.listen(spec.backlog());
                order = next;
                lost.remove(shard);
                mended.add(shard);
            } catch (PosixException failure) {
                watch.tell(new SocketEvent.MendFailed(this, shard, String.valueOf(failure.getMessage())));
            }
        }
        if (!mended.isEmpty()) {
            apply(targets, probes);
            mended.forEach(shard -> watch.tell(new SocketEvent.ShardMended(this, shard)));
        }
    }

    @Override
    public boolean dropNewConnections() {
        closing = true;
        boolean filtered = true;
        for (var listener : listeners) {
            filtered &= SynFilter.attach(listener);
        }
        return filtered;
    }

    @Override
    public boolean quiet() {
        // Handshakes first: one that ends in between is then seen in a queue.
        return !ProcNet.hasHandshake(address.getPort())
                && listeners.stream()
                        .allMatch(listener -> listener.queue().orElseThrow().queued() == 0);
    }

    @Override
    public void close() {
        closing = true;
        watch.close();
        listeners.reversed().forEach(Listener::close);
    }
}
