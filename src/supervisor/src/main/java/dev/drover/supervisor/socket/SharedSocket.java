package dev.drover.supervisor.socket;

import dev.drover.posix.ListenQueue;
import dev.drover.posix.Listener;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.supervisor.SocketSpec;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// One listener, TCP or Unix, from which every worker accepts.
final class SharedSocket implements PoolSocket {
    private final Optional<String> warning;
    private final ListenerWatch watch = new ListenerWatch();
    private SocketSpec spec;
    private Listener listener;
    private Optional<UnixPath> path;
    private final SocketAddress address;
    private boolean closing;

    private SharedSocket(SocketSpec spec, Listener listener, Optional<UnixPath> path, Optional<String> warning) {
        this.spec = spec;
        this.listener = listener;
        this.path = path;
        this.warning = warning;
        this.address = listener.localAddress();
        watch.add(listener, this::lost);
    }

    static SharedSocket openTcp(SocketSpec spec, Optional<String> warning) {
        var listener = SocketOpening.bindFirst(spec.address());
        listen(spec, listener);
        return new SharedSocket(spec, listener, Optional.empty(), warning);
    }

    static SharedSocket openUnix(SocketSpec spec) {
        var listener = UnixPath.bind(spec);
        var path = pathOf(spec);
        listen(spec, listener);
        return new SharedSocket(spec, listener, Optional.of(path), Optional.empty());
    }

    static UnixPath pathOf(SocketSpec spec) {
        return UnixPath.of(((UnixDomainSocketAddress) spec.address()).getPath());
    }

    /// Closes the listener when it cannot listen.
    static void listen(SocketSpec spec, Listener listener) {
        try {
            listener.listen(spec.backlog());
        } catch (PosixException failure) {
            listener.close();
            throw OpenFailure.of(spec, failure);
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
        return 1;
    }

    @Override
    public boolean steered() {
        return false;
    }

    @Override
    public Optional<String> warning() {
        return warning;
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
    public void restoreBacklog(int shard) {
        // Of a Unix listener the limit is not told; to say it again costs as little as to ask.
        boolean changed = listener.queue()
                .map(queue -> queue.listening() && queue.limit() != spec.backlog())
                .orElse(true);
        if (changed) {
            listener.listen(spec.backlog());
        }
    }

    @Override
    public void changeBacklog(int backlog) {
        spec = spec.withBacklog(backlog);
        restoreBacklog(0);
    }

    @Override
    public void watch(Poller poller, Consumer<SocketEvent> events) {
        watch.start(poller, events);
    }

    private void lost() {
        if (closing) {
            return;
        }
        watch.tell(new SocketEvent.ShardLost(this, 0));
        mend();
    }

    @Override
    public void check() {
        if (!closing && listener.queue().map(queue -> !queue.listening()).orElse(false)) {
            mend();
        }
    }

    private void mend() {
        try {
            if (path.isPresent()) {
                replace(path.get());
                watch.tell(new SocketEvent.ListenerReplaced(this, 0));
            } else {
                listener.listen(spec.backlog());
                watch.tell(new SocketEvent.ShardMended(this, 0));
            }
        } catch (PosixException | SocketOpenException failure) {
            watch.tell(new SocketEvent.MendFailed(this, 0, String.valueOf(failure.getMessage())));
        }
    }

    /// A Unix listener that was shut down stays so, whatever listen() says.
    private void replace(UnixPath old) {
        old.remove();
        var next = UnixPath.bind(spec);
        var nextPath = pathOf(spec);
        listen(spec, next);
        watch.remove(listener);
        listener.close();
        listener = next;
        path = Optional.of(nextPath);
        watch.add(next, this::lost);
    }

    @Override
    public boolean dropNewConnections() {
        closing = true;
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
        closing = true;
        watch.close();
        path.ifPresent(UnixPath::remove);
        listener.close();
    }
}
