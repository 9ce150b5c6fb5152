package dev.drover.supervisor.socket;

import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
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
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A listener for each shard. The program of their group sends new connections to the shards steered to.
final class ShardedSocket implements PoolSocket {
    private final ShardGroup group;
    private final ListenerWatch watch = new ListenerWatch();
    private Set<Integer> targets = Set.of(0);
    private Map<Integer, Integer> probes = Map.of();

    /// Shards of which we have heard that they were shut down, in that order.
    private final Set<Integer> lost = new LinkedHashSet<>();

    /// Shards the last check found shut down without having heard of it.
    private Set<Integer> unheard = Set.of();

    private SocketSpec spec;
    private boolean closing;

    private ShardedSocket(SocketSpec spec, ShardGroup group) {
        this.spec = spec;
        this.group = group;
        watchShard(0);
    }

    static ShardedSocket open(SocketSpec spec, int shards, Steering steering) throws SteeringRefused {
        checkCount(shards);
        var socket = new ShardedSocket(spec, ShardGroup.open(spec.address(), spec.backlog(), steering));
        try {
            socket.openUpTo(shards);
            return socket;
        } catch (Throwable failure) {
            socket.close();
            throw failure;
        }
    }

    private static void checkCount(int shards) {
        if (shards < 1 || shards > SteeringTable.MAX_SIZE) {
            throw new IllegalArgumentException(shards + " shards are not within 1.." + SteeringTable.MAX_SIZE);
        }
    }

    private void openUpTo(int shards) {
        while (group.size() < shards) {
            group.open();
            watchShard(group.size() - 1);
        }
    }

    private void watchShard(int shard) {
        watch.add(group.listener(shard), () -> lost(shard));
    }

    @Override
    public SocketSpec spec() {
        return spec;
    }

    @Override
    public SocketAddress address() {
        return group.address();
    }

    @Override
    public int shards() {
        return group.size();
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
        checkCount(shards);
        try {
            openUpTo(shards);
        } catch (PosixException failure) {
            throw OpenFailure.of(spec, failure);
        }
    }

    @Override
    public Listener listener(int shard) {
        return group.listener(shard);
    }

    @Override
    public void steer(Set<Integer> shards) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("cannot steer " + OpenFailure.describe(spec) + " to no shard");
        }
        shards.forEach(shard -> Objects.checkIndex(shard, group.size()));
        apply(Set.copyOf(shards), probes);
    }

    @Override
    public void probe(Map<Integer, Integer> shardBySourcePort) {
        shardBySourcePort.values().forEach(shard -> Objects.checkIndex(shard, group.size()));
        apply(targets, Map.copyOf(shardBySourcePort));
    }

    /// The only place that changes the steering.
    private void apply(Set<Integer> newTargets, Map<Integer, Integer> newProbes) {
        boolean reachable = group.steer(newTargets, newProbes);
        targets = newTargets;
        probes = newProbes;
        // With shutdowns still to be heard of, the order after a listen() would be unknown; they lead here again.
        if (!reachable && down().findAny().isEmpty()) {
            mend(lost.stream().filter(targets::contains).toList());
        }
    }

    @Override
    public int queued(int shard) {
        return group.queue(shard).queued();
    }

    @Override
    public void restoreBacklog(int shard) {
        var queue = group.queue(shard);
        // listen() on one that was shut down would make it a member of the group; that is for check() to do.
        if (queue.listening() && queue.limit() != spec.backlog()) {
            group.listener(shard).listen(spec.backlog());
        }
    }

    @Override
    public void changeBacklog(int backlog) {
        spec = spec.withBacklog(backlog);
        group.setBacklog(backlog);
        IntStream.range(0, group.size()).forEach(this::restoreBacklog);
    }

    @Override
    public void watch(Poller poller, Consumer<SocketEvent> events) {
        watch.start(poller, events);
    }

    /// The poller tells in the order of the shutdowns, so the group's order stays known whatever their number.
    private void lost(int shard) {
        if (closing || !group.contains(shard)) {
            return;
        }
        group.left(shard);
        lost.add(shard);
        watch.tell(new SocketEvent.ShardLost(this, shard));
        apply(targets, probes);
    }

    @Override
    public void check() {
        if (closing) {
            return;
        }
        var down = down().boxed().collect(Collectors.toCollection(LinkedHashSet::new));
        if (!unheard.containsAll(down)) {
            // The poller is about to tell, and in the right order.
            unheard = down;
            return;
        }
        unheard = Set.of();
        down.forEach(this::lost);
        mend(List.copyOf(lost));
    }

    /// Shards that were shut down without our having heard of it.
    private IntStream down() {
        return IntStream.range(0, group.size()).filter(shard -> group.contains(shard) && !group.isListening(shard));
    }

    private void mend(List<Integer> shards) {
        // Targets first: where the group has ended, the first to listen gets all until the program is there.
        var targetsFirst = shards.stream()
                .sorted(Comparator.comparing(shard -> !targets.contains(shard)))
                .toList();
        var news = new ArrayList<SocketEvent>();
        for (int shard : targetsFirst) {
            try {
                news.add(mend(shard));
                lost.remove(shard);
            } catch (PosixException failure) {
                watch.tell(new SocketEvent.MendFailed(this, shard, String.valueOf(failure.getMessage())));
            }
        }
        if (!news.isEmpty()) {
            apply(targets, probes);
            news.forEach(watch::tell);
        }
    }

    private SocketEvent mend(int shard) {
        var replaced = group.join(shard);
        if (replaced.isEmpty()) {
            return new SocketEvent.ShardMended(this, shard);
        }
        try (var old = replaced.get()) {
            watch.remove(old);
        }
        watchShard(shard);
        return new SocketEvent.ListenerReplaced(this, shard);
    }

    @Override
    public boolean dropNewConnections() {
        closing = true;
        boolean filtered = true;
        for (var listener : group.listeners()) {
            filtered &= SynFilter.attach(listener);
        }
        return filtered;
    }

    @Override
    public boolean quiet() {
        // The queues come last again: a handshake that ends in between is then seen there. They come first as well
        // because they cost little, and /proc/net/tcp some 10 us for each connection of the machine.
        return nothingQueued()
                && !ProcNet.hasHandshake(((InetSocketAddress) group.address()).getPort())
                && nothingQueued();
    }

    private boolean nothingQueued() {
        return IntStream.range(0, group.size()).allMatch(shard -> queued(shard) == 0);
    }

    @Override
    public void close() {
        closing = true;
        watch.close();
        group.close();
    }
}
