package dev.drover.supervisor;

import dev.drover.supervisor.socket.PoolSocket;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes one socket of a pool that serves on, in order, told step by step in the log:
///
/// 1. no further connection: SYNs are dropped, handshakes and the queue run out into the workers, for at most half of
///    the pool's grace;
/// 2. the workers are told to let it go, accept what waits there still, and answer;
/// 3. it is closed.
///
/// Belongs to the loop.
final class SocketRemoval {
    private static final Logger LOG = LoggerFactory.getLogger(SocketRemoval.class);

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(20);

    /// Checks in a row that must find nothing under way: a handshake may pass from one table of the kernel to
    /// another while we read.
    private static final int QUIET_CHECKS = 3;

    private final Loop loop;
    private final PoolSocket socket;
    private final String pool;
    private final long deadlineNanos;
    private final Owner owner;
    private int quiet;

    /// Whose socket it is.
    interface Owner {
        /// Whether the pool is there no more: it has closed all that it had.
        boolean isClosed();

        /// Whether no connection of it is under way to a worker any more.
        boolean quiet(PoolSocket socket);

        /// Takes it back from the workers; no worker gets it any more.
        ///
        /// @param then runs when every worker has let go, or is replaced because it has not
        void withdraw(PoolSocket socket, Runnable then);

        /// Closes it.
        void close(PoolSocket socket);
    }

    /// @param socket that lets no further connection in
    /// @param bound of the first step
    SocketRemoval(Loop loop, String pool, PoolSocket socket, Duration bound, Owner owner) {
        this.loop = loop;
        this.pool = pool;
        this.socket = socket;
        this.deadlineNanos = loop.nanoTime() + bound.toNanos();
        this.owner = owner;
    }

    void begin() {
        LOG.info("Socket leaves pool={} socket={}: no further connection is let in", pool, name());
        awaitQuiet();
    }

    private void awaitQuiet() {
        if (owner.isClosed()) {
            return;
        }
        quiet = owner.quiet(socket) ? quiet + 1 : 0;
        boolean late = loop.nanoTime() - deadlineNanos >= 0;
        if (quiet < QUIET_CHECKS && !late) {
            loop.after(CHECK_INTERVAL, this::awaitQuiet);
            return;
        }
        if (quiet < QUIET_CHECKS) {
            LOG.warn("Socket leaves pool={} socket={}: connections still wait after half of the grace", pool, name());
        }
        owner.withdraw(socket, this::close);
    }

    private void close() {
        if (!owner.isClosed()) {
            owner.close(socket);
            LOG.info("Socket closed pool={} socket={}", pool, name());
        }
    }

    private String name() {
        return socket.spec().name();
    }
}
