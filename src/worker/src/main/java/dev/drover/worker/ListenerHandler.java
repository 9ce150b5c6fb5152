package dev.drover.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Closes a listener, but not before it has accepted what waits in its queue: a connection there belongs to this
/// process, and no other would ever see it.
final class ListenerHandler extends ChannelInboundHandlerAdapter {
    private final HttpDrain drain;
    private final LastAccepts lastAccepts = new LastAccepts();

    /// Set before the channel is active; read by `finish` and `close`, which can only know the handler after
    /// that.
    private @Nullable ChannelHandlerContext context;

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
        lastAccepts.accepted();
        // Here already: a child that is registered with another loop would be unknown for a moment.
        drain.opened((Channel) connection);
        context.fireChannelRead(connection);
    }

    /// From any thread.
    void finish() {
        lastAccepts.awaitNone(context().executor(), this::close);
    }

    /// From any thread.
    void close() {
        var _ = context().close();
    }

    private ChannelHandlerContext context() {
        return Objects.requireNonNull(context);
    }
}
