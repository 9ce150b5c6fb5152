package dev.drover.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a listener, but not before it has accepted what waits in its queue: a connection there belongs to this
/// process, and no other would ever see it.
final class ListenerHandler extends ChannelInboundHandlerAdapter {
    /// One turn of the loop asks epoll about the listener and accepts what is there; the second is for what came
    /// between the asking and the closing.
    private static final int QUIET_TURNS = 2;

    private final HttpDrain drain;

    /// Set before the channel is active; read by `finish` and `close`, which can only know the handler after
    /// that.
    private @Nullable ChannelHandlerContext context;

    private long accepted;

    ListenerHandler(HttpDrain drain) {
        this.drain = drain;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        this.context = context;
        drain.opened(this);
        if (drain.isDraining()) {
            finish();
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        drain.closed(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object connection) {
        accepted++;
        // Here already: a child that is registered with another loop would be unknown for a moment.
        drain.opened((Channel) connection);
        context.fireChannelRead(connection);
    }

    /// From any thread.
    void finish() {
        var loop = context().executor();
        loop.execute(() -> turn(accepted, 0));
    }

    /// From any thread.
    void close() {
        var _ = context().close();
    }

    private void turn(long before, int quietTurns) {
        int quiet = accepted == before ? quietTurns : 0;
        if (quiet >= QUIET_TURNS) {
            close();
        } else {
            long now = accepted;
            // Scheduled, not executed: a task that is executed may run in this same turn, before epoll is asked again.
            var _ = context().executor().schedule(() -> turn(now, quiet + 1), 1, TimeUnit.MILLISECONDS);
        }
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }
}
