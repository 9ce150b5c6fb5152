package dev.drover.worker;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a connection whose client takes too long: to send a request it has begun, or to begin one. One timer
/// for the life of the connection, which looks when the next limit could be reached; a request costs a glance at
/// the clock.
final class ExchangeClock implements Runnable {
    private final long headLimit;
    private final long idleLimit;

    private Phase phase = Phase.IDLE;
    private long since;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Future<?> timer;

    private enum Phase {
        IDLE,
        ARRIVING,
        ANSWERING
    }

    ExchangeClock(HttpLimits limits) {
        headLimit = limits.headTime().toNanos();
        idleLimit = limits.idleTime().toNanos();
    }

    void start(ChannelHandlerContext connection) {
        context = connection;
        idle();
        schedule(connection, Math.min(headLimit, idleLimit));
    }

    void stop() {
        if (timer != null) {
            var _ = timer.cancel(false);
        }
    }

    void idle() {
        enter(Phase.IDLE);
    }

    /// Some bytes of a head are there; said again for more of them, the first counts.
    void headBegun() {
        if (phase == Phase.IDLE) {
            enter(Phase.ARRIVING);
        }
    }

    /// The head is there; the body has the same time again.
    void requestBegun() {
        enter(Phase.ARRIVING);
    }

    /// The server's turn: no limit here.
    void requestComplete() {
        phase = Phase.ANSWERING;
    }

    private void enter(Phase next) {
        phase = next;
        since = System.nanoTime();
    }

    @Override
    public void run() {
        var connection = context;
        if (connection == null) {
            return;
        }
        long left = left();
        if (left <= 0) {
            var _ = connection.close();
        } else {
            // At least once per head time: a head may begin meanwhile.
            schedule(connection, Math.min(left, headLimit));
        }
    }

    private long left() {
        long spent = System.nanoTime() - since;
        return switch (phase) {
            case IDLE -> idleLimit - spent;
            case ARRIVING -> headLimit - spent;
            case ANSWERING -> headLimit;
        };
    }

    private void schedule(ChannelHandlerContext connection, long delay) {
        timer = connection.executor().schedule(this, delay, TimeUnit.NANOSECONDS);
    }
}
