package dev.drover.worker;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/// One HTTP/1 connection of an [HttpDrain]: passes on one request at a time and decides when the connection ends.
///
///     idle -- head --> in hand -- answer complete --> idle
///                         |
///                         |-- answer complete, it said close --> lingering -- end, or 1 s --> closed
///                         `-- the same, the client had said it before -----------------------^
///
/// An answer says `Connection: close` when the client wants it, when the request has not arrived whole, when its
/// length is not told, and when the group drains and no other request is behind it. A connection is closed
/// without one only where there is nothing to answer. All on the channel's event loop.
final class HttpConnection extends ChannelDuplexHandler {
    /// As it is usually written; Netty's own is in lower case.
    private static final AsciiString CONNECTION = AsciiString.cached("Connection");

    private final HttpDrain drain;
    private final HttpLimits limits;
    private final ExchangeClock clock;

    /// What was received behind the request in hand. Reading is paused while there is any: it holds no more than
    /// one read of the channel, 64 KiB before decoding.
    private final Queue<Object> waiting = new ArrayDeque<>();

    private boolean inHand;
    private boolean requestComplete;
    private boolean keepAlive;

    /// The client has said that this is its last request (RFC 9112, 9.6).
    private boolean lastRequest;

    private boolean oldClient;

    /// An answer has said that it is the last; what comes in now is thrown away.
    private boolean closing;

    private boolean lingering;
    private boolean inputEnded;

    private boolean reading;
    private boolean decodedSomething;
    private boolean flushPending;
    private boolean passing;

    HttpConnection(HttpDrain drain, HttpLimits limits) {
        this.drain = drain;
        this.limits = limits;
        this.clock = new ExchangeClock(limits);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        drain.opened(context.channel());
        // A client may end its side once it has asked (RFC 9112, 9.6) and still wants its answer.
        context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        clock.start(context);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        clock.stop();
        dropWaiting();
        if (inHand) {
            // The client is gone; the handler may still be at it, and nobody waits.
            inHand = false;
            drain.requestEnded();
        }
    }

    // ---- requests

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        decodedSomething = true;
        if (closing) {
            ReferenceCountUtil.release(message);
        } else if (waiting.isEmpty() && !drain.isDraining() && mayPass(context, message)) {
            pass(context, message);
        } else {
            // During a drain all of a read is looked at before the first of it is answered: only then is it known
            // which answer is the last.
            waiting.add(message);
            setReading(context.channel(), false);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (!decodedSomething && !inHand) {
            clock.headBegun();
        }
        decodedSomething = false;
        passWaiting(context);
        if (flushPending) {
            flushPending = false;
            context.flush();
        }
        context.fireChannelReadComplete();
    }

    /// The content of the request in hand, or the next request when there is none and its answer could be
    /// written.
    private boolean mayPass(ChannelHandlerContext context, Object message) {
        return !(message instanceof HttpRequest)
                || (!inHand && context.channel().isWritable());
    }

    private void pass(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            inHand = true;
            drain.requestBegun();
            requestComplete = false;
            keepAlive = HttpUtil.isKeepAlive(request);
            lastRequest = !keepAlive;
            oldClient = request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
            clock.requestBegun();
        }
        boolean broken =
                message instanceof HttpObject object && object.decoderResult().isFailure();
        if (broken) {
            keepAlive = false;
            lastRequest = false;
        }
        if (broken || message instanceof LastHttpContent) {
            requestComplete = true;
            clock.requestComplete();
        }
        context.fireChannelRead(message);
    }

    private void passWaiting(ChannelHandlerContext context) {
        if (passing || (reading && drain.isDraining())) {
            return;
        }
        passing = true;
        try {
            for (var next = waiting.peek(); next != null && !closing && mayPass(context, next); next = waiting.peek()) {
                waiting.remove();
                pass(context, next);
            }
        } finally {
            passing = false;
        }
        if (closing) {
            dropWaiting();
        }
        setReading(context.channel(), waiting.isEmpty());
    }

    private static void setReading(Channel channel, boolean wanted) {
        if (channel.config().isAutoRead() != wanted) {
            channel.config().setAutoRead(wanted);
        }
    }

    private void dropWaiting() {
        for (var message = waiting.poll(); message != null; message = waiting.poll()) {
            ReferenceCountUtil.release(message);
        }
    }

    // ---- answers

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        if (message instanceof FullHttpResponse interim
                && interim.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            var _ = context.write(message, promise);
            return;
        }
        if (!inHand) {
            ReferenceCountUtil.release(message);
            promise.setFailure(new IllegalStateException("cannot answer: no request is in hand"));
            return;
        }
        if (message instanceof HttpResponse response) {
            prepare(response);
        }
        if (message instanceof LastHttpContent) {
            inHand = false;
            drain.requestEnded();
            boolean last = closing || (inputEnded && waiting.isEmpty());
            var _ = context.write(
                    message,
                    last ? promise.unvoid().addListener(written -> end(context, written.isSuccess())) : promise);
            clock.idle();
            if (!waiting.isEmpty()) {
                passWaiting(context);
            }
        } else {
            var _ = context.write(message, promise);
        }
    }

    /// Decides whether this is the connection's last answer and lets it say so.
    private void prepare(HttpResponse response) {
        if (oldClient && HttpUtil.isTransferEncodingChunked(response)) {
            HttpUtil.setTransferEncodingChunked(response, false);
        }
        closing = !keepAlive
                || !requestComplete
                || !HttpUtil.isKeepAlive(response)
                || !tellsItsLength(response)
                || (waiting.isEmpty() && (drain.isDraining() || inputEnded));
        lastRequest &= requestComplete && waiting.isEmpty();
        if (closing) {
            response.headers().set(CONNECTION, HttpHeaderValues.CLOSE);
        } else if (oldClient) {
            response.headers().set(CONNECTION, HttpHeaderValues.KEEP_ALIVE);
        }
    }

    private static boolean tellsItsLength(HttpResponse response) {
        int status = response.status().code();
        return status == 204
                || status == 304
                || HttpUtil.isContentLengthSet(response)
                || HttpUtil.isTransferEncodingChunked(response);
    }

    /// What is written while a read goes on is flushed once, at the end of it.
    @Override
    public void flush(ChannelHandlerContext context) {
        if (reading && context.channel().isWritable()) {
            flushPending = true;
        } else {
            context.flush();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable() && !waiting.isEmpty()) {
            passWaiting(context);
        }
        context.fireChannelWritabilityChanged();
    }

    // ---- the end

    /// After the last answer. Closing at once could destroy it: what the client sends after, or has sent and was
    /// not read, is answered by a reset, and that discards what the client has not read yet (RFC 9112, 9.6).
    /// One that has said that it sends no more, and from which everything has come, is not waited for.
    private void end(ChannelHandlerContext context, boolean written) {
        if (written && !lastRequest && !inputEnded && context.channel() instanceof DuplexChannel channel) {
            lingering = true;
            var _ = channel.shutdownOutput();
            // The end of the client's side is the end of all, and Netty then closes without shutting that side first.
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
            setReading(channel, true);
            closeAfterLingering(context);
        } else {
            var _ = context.close();
        }
    }

    private void closeAfterLingering(ChannelHandlerContext context) {
        var timer = context.executor()
                .schedule(
                        () -> {
                            var _ = context.close();
                        },
                        limits.lingerTime().toNanos(),
                        TimeUnit.NANOSECONDS);
        var _ = context.channel().closeFuture().addListener(_ -> timer.cancel(false));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            boolean willAnswer = (inHand && requestComplete) || !waiting.isEmpty() || (closing && !lingering);
            if (!willAnswer) {
                var _ = context.close();
            }
        }
        context.fireUserEventTriggered(event);
    }

    /// After its last answer; on the event loop. Such a connection has its own limit.
    boolean isLingering() {
        return lingering;
    }

    /// A connection that breaks is the client's business; what else goes wrong is for the handlers behind.
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        if (failure instanceof IOException) {
            var _ = context.close();
        } else {
            context.fireExceptionCaught(failure);
        }
    }
}
