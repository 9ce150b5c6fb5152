package dev.drover.examples;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Answers the requests of one connection, which come one at a time (see [dev.drover.worker.HttpDrain]).
final class HelloHandler extends ChannelInboundHandlerAdapter {
    // Netty's own names are in lower case, which is as good to a client and worse to whoever reads it.
    private static final AsciiString CONTENT_TYPE = AsciiString.cached("Content-Type");
    private static final AsciiString CONTENT_LENGTH = AsciiString.cached("Content-Length");
    private static final AsciiString ALLOW = AsciiString.cached("Allow");
    private static final AsciiString TEXT = AsciiString.cached("text/plain; charset=utf-8");
    private static final AsciiString BYTES = AsciiString.cached("application/octet-stream");
    private static final AsciiString ALLOWED = AsciiString.cached("GET, HEAD");
    private static final AsciiString X_WORKER = AsciiString.cached("X-Worker");
    private static final AsciiString X_WORKER_PID = AsciiString.cached("X-Worker-Pid");

    /// Our own values need no second look.
    private static final HttpHeadersFactory HEADERS =
            DefaultHttpHeadersFactory.headersFactory().withValidation(false);

    private static final int CHUNK_BYTES = 64 * 1024;
    private static final ByteBuf CHUNK = Unpooled.unreleasableBuffer(Unpooled.directBuffer(CHUNK_BYTES)
            .writeBytes("x".repeat(CHUNK_BYTES).getBytes(StandardCharsets.US_ASCII)));

    private final Identity identity;

    /// The request in hand, until its last content has come.
    private @Nullable HttpRequest request;

    /// Of the answer that is being streamed; 0: none is.
    private int bytesLeft;

    HelloHandler(Identity identity) {
        this.identity = identity;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest head) {
            request = head;
        }
        var current = request;
        if (message instanceof LastHttpContent && current != null) {
            request = null;
            answer(context, current);
        }
        ReferenceCountUtil.release(message);
    }

    private void answer(ChannelHandlerContext context, HttpRequest head) {
        try {
            var query = HelloQuery.of(head.uri());
            boolean wantsBody = !head.method().equals(HttpMethod.HEAD);
            if (!query.path().equals("/")) {
                text(context, HttpResponseStatus.NOT_FOUND, "nothing at " + query.path());
            } else if (wantsBody && !head.method().equals(HttpMethod.GET)) {
                text(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "only GET and HEAD are allowed");
            } else if (query.sleepMillis() > 0) {
                var _ = context.executor()
                        .schedule(() -> answer(context, query, wantsBody), query.sleepMillis(), TimeUnit.MILLISECONDS);
            } else {
                answer(context, query, wantsBody);
            }
        } catch (IllegalArgumentException malformed) {
            text(context, HttpResponseStatus.BAD_REQUEST, String.valueOf(malformed.getMessage()));
        }
    }

    private void answer(ChannelHandlerContext context, HelloQuery query, boolean wantsBody) {
        if (query.bytes() < 0) {
            var id = query.id();
            text(
                    context,
                    HttpResponseStatus.OK,
                    id.isEmpty() ? identity.greeting() : "ok " + id.get() + " " + identity.pid());
        } else {
            var head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, HEADERS);
            fill(head.headers(), BYTES, query.bytes());
            var _ = context.write(head);
            bytesLeft = wantsBody ? query.bytes() : 0;
            stream(context);
        }
    }

    /// The answer to HEAD has the same head; the codec leaves its body out.
    private void text(ChannelHandlerContext context, HttpResponseStatus status, String text) {
        var body = ByteBufUtil.writeUtf8(context.alloc(), text);
        var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, body, HEADERS, HEADERS);
        fill(answer.headers(), TEXT, body.readableBytes());
        if (status.equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
            answer.headers().set(ALLOW, ALLOWED);
        }
        var _ = context.writeAndFlush(answer);
    }

    private void fill(HttpHeaders headers, AsciiString type, int length) {
        headers.set(CONTENT_TYPE, type)
                .set(CONTENT_LENGTH, Integer.toString(length))
                .set(X_WORKER, identity.nameHeader())
                .set(X_WORKER_PID, identity.pidHeader());
    }

    /// As much as the client takes; the rest when it has taken that.
    private void stream(ChannelHandlerContext context) {
        while (bytesLeft > 0 && context.channel().isWritable()) {
            int length = Math.min(bytesLeft, CHUNK_BYTES);
            bytesLeft -= length;
            var _ = context.write(new DefaultHttpContent(CHUNK.retainedSlice(0, length)));
        }
        if (bytesLeft == 0) {
            var _ = context.write(LastHttpContent.EMPTY_LAST_CONTENT);
        }
        context.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (bytesLeft > 0) {
            stream(context);
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        var _ = context.close();
        System.getLogger(HelloHandler.class.getName())
                .log(System.Logger.Level.ERROR, "A request failed and its connection was closed", failure);
    }
}
