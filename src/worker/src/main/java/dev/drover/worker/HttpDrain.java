package dev.drover.worker;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The HTTP/1 listeners and connections of a Netty server, and their orderly end: no request that reached this
/// process stays without its answer.
///
///     var drain = new HttpDrain(HttpLimits.defaults());
///     new ServerBootstrap()
///             .group(group)
///             .channelFactory(worker.listener("http").nettyChannelFactory())
///             .handler(drain.listenerHandler())
///             .childHandler(new ChannelInitializer<Channel>() {
///                 protected void initChannel(Channel channel) {
///                     channel.pipeline().addLast(new HttpServerCodec());
///                     drain.addTo(channel.pipeline());
///                     channel.pipeline().addLast(new MyHandler());
///                 }
///             })
///             .register();
///     worker.onDrain(drain::drain);
///
/// The handlers after `addTo` get one request at a time: the next one of a connection comes when the answer to
/// the one before is complete, so answers are in order by themselves; while the client does not read, no request
/// comes. They write an `HttpResponse` that says its length (or a chunked one), its content and a
/// `LastHttpContent`, and never close the channel: whether it stays open is decided here. Broken, too long and
/// unwanted requests are answered here (400, 413, 414, 417, 431).
///
/// Thread-safe; channels of any event loop and any origin may belong.
public final class HttpDrain {
    private final HttpLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final LongAdder answered = new LongAdder();

    @GuardedBy("lock")
    private final Set<ListenerHandler> listeners = new HashSet<>();

    @GuardedBy("lock")
    private final Set<Channel> connections = new HashSet<>();

    /// Published by [#drain] to the event loops.
    private volatile boolean draining;

    public HttpDrain(HttpLimits limits) {
        this.limits = limits;
    }

    /// For `ServerBootstrap.handler` of one listener: makes it accept what waits in its queue before it is
    /// closed.
    public ChannelHandler listenerHandler() {
        return new ListenerHandler(this);
    }

    /// Makes a connection one of this group: adds the handlers that belong after its `HttpServerCodec`.
    public void addTo(ChannelPipeline pipeline) {
        pipeline.addLast(new HttpConnection(this, limits));
        pipeline.addLast(new HttpRequestGuard(limits.maxBodyBytes()));
    }

    /// How many connections are open.
    public int connections() {
        lock.lock();
        try {
            return connections.size();
        } finally {
            lock.unlock();
        }
    }

    /// How many requests are being answered.
    public int inFlight() {
        return inFlight.get();
    }

    /// How many requests have been answered, those included whose client did not wait for it.
    public long answered() {
        return answered.sum();
    }

    void requestBegun() {
        inFlight.incrementAndGet();
    }

    void requestEnded() {
        answered.increment();
        inFlight.decrementAndGet();
    }

    /// True from the start of the drain on.
    public boolean isDraining() {
        return draining;
    }

    /// Ends all listeners and connections and returns when none is left.
    ///
    /// Listeners accept until their queue is empty and are closed. Requests in hand, and those received behind
    /// them, are answered; the last answer of each connection says `Connection: close`. An idle connection has
    /// the whole drain time to show its next request. What is then left is closed. Not for an event loop: it
    /// blocks, at most for the drain time and the linger time; an interrupt closes everything at once.
    public void drain() {
        draining = true;
        long deadline = System.nanoTime() + limits.drainTime().toNanos();
        snapshotOfListeners().forEach(ListenerHandler::finish);
        awaitEmpty(deadline);
        snapshotOfListeners().forEach(ListenerHandler::close);
        snapshotOfConnections().forEach(HttpDrain::end);
        awaitEmpty(System.nanoTime() + limits.lingerTime().toNanos());
    }

    /// @return false when there is something left at the deadline, or when interrupted
    private boolean awaitEmpty(long deadline) {
        lock.lock();
        try {
            while (!listeners.isEmpty() || !connections.isEmpty()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private List<ListenerHandler> snapshotOfListeners() {
        lock.lock();
        try {
            return List.copyOf(listeners);
        } finally {
            lock.unlock();
        }
    }

    private List<Channel> snapshotOfConnections() {
        lock.lock();
        try {
            return List.copyOf(connections);
        } finally {
            lock.unlock();
        }
    }

    void opened(ListenerHandler listener) {
        lock.lock();
        try {
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
    }

    void closed(ListenerHandler listener) {
        lock.lock();
        try {
            listeners.remove(listener);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Counts a connection from here until it is closed; said again it changes nothing.
    void opened(Channel connection) {
        lock.lock();
        try {
            if (!connections.add(connection)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        var _ = connection.closeFuture().addListener(_ -> closed(connection));
    }

    private void closed(Channel connection) {
        lock.lock();
        try {
            connections.remove(connection);
            if (connections.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void end(Channel connection) {
        connection.eventLoop().execute(() -> {
            var handler = connection.pipeline().get(HttpConnection.class);
            if (handler == null || !handler.isLingering()) {
                var _ = connection.close();
            }
        });
    }
}
