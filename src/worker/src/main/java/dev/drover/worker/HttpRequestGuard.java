package dev.drover.worker;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;

/// Answers the requests no application should see: what could not be decoded, what expects the impossible, bodies
/// that are too long. Behind an [HttpConnection], which closes after an answer that came before its request was
/// complete.
final class HttpRequestGuard extends ChannelInboundHandlerAdapter {
    private final long maxBodyBytes;
    private long bodyBytes;

    /// The request is answered here; the rest of it is thrown away.
    private boolean rejected;

    HttpRequestGuard(long maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpRequest request) {
            bodyBytes = 0;
            rejected = false;
            judge(context, request);
        }
        if (message instanceof HttpContent content && !rejected) {
            bodyBytes += content.content().readableBytes();
            if (content.decoderResult().isFailure()) {
                reject(context, statusOf(content.decoderResult()));
            } else if (bodyBytes > maxBodyBytes) {
                reject(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
            }
        }
        if (rejected) {
            ReferenceCountUtil.release(message);
        } else {
            context.fireChannelRead(message);
        }
    }

    private void judge(ChannelHandlerContext context, HttpRequest request) {
        if (request.decoderResult().isFailure()) {
            reject(context, statusOf(request.decoderResult()));
        } else if (HttpUtil.getContentLength(request, 0L) > maxBodyBytes) {
            reject(context, HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE);
        } else if (request.headers().contains(HttpHeaderNames.EXPECT)) {
            if (HttpUtil.is100ContinueExpected(request)) {
                var _ = context.writeAndFlush(empty(HttpResponseStatus.CONTINUE));
            } else {
                reject(context, HttpResponseStatus.EXPECTATION_FAILED);
            }
        }
    }

    private static HttpResponseStatus statusOf(DecoderResult result) {
        return switch (result.cause()) {
            case TooLongHttpLineException _ -> HttpResponseStatus.REQUEST_URI_TOO_LONG;
            case TooLongHttpHeaderException _ -> HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE;
            default -> HttpResponseStatus.BAD_REQUEST;
        };
    }

    private void reject(ChannelHandlerContext context, HttpResponseStatus status) {
        rejected = true;
        var answer = empty(status);
        HttpUtil.setContentLength(answer, 0);
        var _ = context.writeAndFlush(answer);
    }

    private static DefaultFullHttpResponse empty(HttpResponseStatus status) {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
    }
}
