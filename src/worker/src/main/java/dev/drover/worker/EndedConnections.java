package dev.drover.worker;

import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandoffException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// Tells the master how many connections have ended: at once, and after that together what ends within [#PACE]. On
/// a thread of its own, because telling may have to wait for a master that does not read.
final class EndedConnections implements AutoCloseable {
    /// 10 frames a second, whatever the number of connections: each wakes this thread and the master. What a policy
    /// sees of short connections is old by so much, and alike of every worker.
    private static final Duration PACE = Duration.ofMillis(100);

    /// How often channels of the JDK are looked at, which do not tell that they were closed.
    private static final Duration LOOK = PACE;

    private final HandleClient handles;
    private final AtomicInteger untold = new AtomicInteger();
    private final Queue<Watched> added = new ConcurrentLinkedQueue<>();
    private final Thread thread =
            Thread.ofPlatform().daemon().name("drover-ended").unstarted(this::run);

    /// Those of the JDK that were open when last looked at. The thread's.
    private final List<Watched> watched = new ArrayList<>();

    /// Told by `close()` to the thread.
    private volatile boolean closed;

    private record Watched(SocketChannel channel, WorkerConnection connection) {}

    EndedConnections(HandleClient handles) {
        this.handles = handles;
    }

    /// Again: nothing.
    synchronized void start() {
        if (thread.getState() == Thread.State.NEW) {
            thread.start();
        }
    }

    /// From any thread, which it does not hold up.
    void ended() {
        if (untold.getAndIncrement() == 0) {
            LockSupport.unpark(thread);
        }
    }

    /// Looks after a channel until it is closed.
    void watch(SocketChannel channel, WorkerConnection connection) {
        added.add(new Watched(channel, connection));
        LockSupport.unpark(thread);
    }

    private void run() {
        try {
            while (!closed) {
                look();
                int count = untold.getAndSet(0);
                if (count > 0) {
                    handles.connectionsEnded(count);
                    pause(PACE);
                } else if (watched.isEmpty()) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, LOOK.toNanos());
                }
            }
        } catch (HandoffException gone) {
            // The master is gone, and this worker leaves: nobody counts any more.
        }
    }

    private void look() {
        for (var next = added.poll(); next != null; next = added.poll()) {
            watched.add(next);
        }
        watched.removeIf(one -> {
            boolean open = one.channel().isOpen();
            if (!open) {
                one.connection().ended();
            }
            return !open;
        });
    }

    private void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
