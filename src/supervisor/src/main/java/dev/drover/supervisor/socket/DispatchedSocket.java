package dev.drover.supervisor.socket;

import dev.drover.posix.ListenQueue;
import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.supervisor.SocketSpec;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// One listener, TCP or Unix, from which the supervisor accepts. No other process has it, so nobody else can
/// change it, and there is nothing to mend.
final class DispatchedSocket implements PoolSocket {
    private final Listener listener;
    private final Optional<UnixPath> path;
    private final SocketAddress address;
    private SocketSpec spec;

    private DispatchedSocket(SocketSpec spec, Listener listener, Optional<UnixPath> path) {
        this.spec = spec;
        this.listener = listener;
        this.path = path;
        this.address = listener.localAddress();
    }

    static DispatchedSocket openTcp(SocketSpec spec) {
        var listener = SocketOpening.bindFirst(spec.address());
        SharedSocket.listen(spec, listener);
        return new DispatchedSocket(spec, listener, Optional.empty());
    }

    static DispatchedSocket openUnix(SocketSpec spec) {
        var listener = UnixPath.bind(spec);
        var path = SharedSocket.pathOf(spec);
        SharedSocket.listen(spec, listener);
        return new DispatchedSocket(spec, listener, Optional.of(path));
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
        return 1;
    }

    @Override
    public boolean steered() {
        return false;
    }

    @Override
    public Optional<String> warning() {
        return Optional.empty();
    }

    @Override
    public void grow(int shards) {}

    @Override
    public Listener listener(int shard) {
        return listener;
    }

    @Override
    public void steer(Set<Integer> shards) {
        if (shards.isEmpty()) {
            throw new IllegalArgumentException("cannot steer " + OpenFailure.describe(spec) + " to no shard");
        }
    }

    @Override
    public void probe(Map<Integer, Integer> shardBySourcePort) {}

    @Override
    public int queued(int shard) {
        return listener.queue().map(ListenQueue::queued).orElseGet(this::unixQueued);
    }

    private int unixQueued() {
        return path.map(unix -> ProcNet.unixQueued(unix.path().toString())).orElse(0);
    }

    @Override
    public void restoreBacklog(int shard) {}

    @Override
    public void changeBacklog(int backlog) {
        listener.listen(backlog);
        spec = spec.withBacklog(backlog);
    }

    @Override
    public void watch(Poller poller, Consumer<SocketEvent> events) {}

    @Override
    public void check() {}

    @Override
    public boolean dropNewConnections() {
        if (path.isPresent()) {
            path.get().remove();
            return true;
        }
        return SynFilter.attach(listener);
    }

    @Override
    public boolean quiet() {
        // As in ShardedSocket: the queue first because it is cheap, and last because a handshake may have ended there.
        return queued(0) == 0
                && (path.isPresent()
                        || (!ProcNet.hasHandshake(((InetSocketAddress) address).getPort()) && queued(0) == 0));
    }

    @Override
    public void close() {
        path.ifPresent(UnixPath::remove);
        listener.close();
    }
}
