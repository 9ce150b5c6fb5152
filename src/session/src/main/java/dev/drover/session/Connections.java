package dev.drover.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The connections to `session.sock`: bounds what those hold that have no session. A handler of the listening
/// channel, before the one that makes gRPC connections of what is accepted. Belongs to the loop.
///
/// A *stranger* is a connection without a session. There are few, each for a short time and with few bytes; with
/// one more the oldest is closed, so that those who say nothing keep nobody out. How many have a session is up to
/// the gate.
@Sharable
final class Connections extends ChannelInboundHandlerAdapter {
    private final Duration strangerTimeout;

    /// Oldest first.
    private final Set<Connection> strangers = new LinkedHashSet<>();

    /// The one whose bytes are being read, because gRPC does not tell on which connection a call begins.
    private @Nullable Connection speaking;

    /// @param strangerTimeout how long a connection may be without a session
    Connections(Duration strangerTimeout) {
        this.strangerTimeout = strangerTimeout;
    }

    /// Of the call that gRPC begins now.
    Connection speaking() {
        if (speaking == null) {
            throw new IllegalStateException("gRPC began a call while it read no connection");
        }
        return speaking;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        var channel = (Channel) accepted;
        var connection = new Connection(channel);
        channel.pipeline().addFirst(connection);
        strangers.add(connection);
        if (strangers.size() > SessionLimits.MAX_STRANGERS) {
            strangers.iterator().next().close();
        }
        context.fireChannelRead(accepted);
    }

    /// One of them.
    final class Connection extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private boolean stranger = true;
        private boolean leaving;
        private long bytes;
        private Runnable stopTimer = () -> {};

        Connection(Channel channel) {
            this.channel = channel;
        }

        /// Its session is open.
        void welcome() {
            stranger = false;
            strangers.remove(this);
            stopTimer.run();
        }

        /// Its session has ended, or none was opened: it is closed when the reason has been written.
        void farewell() {
            // The first call counts: by further ones it would live for ever.
            if (!leaving) {
                leaving = true;
                closeIn(SessionLimits.FAREWELL);
            }
        }

        private void closeIn(Duration delay) {
            stopTimer.run();
            if (channel.isOpen()) {
                var timer = channel.eventLoop().schedule(this::close, delay.toNanos(), TimeUnit.NANOSECONDS);
                stopTimer = () -> timer.cancel(false);
            }
        }

        private void close() {
            strangers.remove(this);
            // From here, the first of its handlers: gRPC's own would first say goodbye and wait for the answer.
            var _ = channel.pipeline().context(this).close();
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            closeIn(strangerTimeout);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object read) {
            if (stranger && read instanceof ByteBuf buffer) {
                bytes += buffer.readableBytes();
                if (bytes > SessionLimits.MAX_STRANGER_BYTES) {
                    buffer.release();
                    close();
                    return;
                }
            }
            speaking = this;
            try {
                context.fireChannelRead(read);
            } finally {
                speaking = null;
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            strangers.remove(this);
            stopTimer.run();
            context.fireChannelInactive();
        }
    }
}
