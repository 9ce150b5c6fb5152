package dev.drover.examples.scenes;

import dev.drover.worker.HttpDrain;
import dev.drover.worker.HttpLimits;
import dev.drover.worker.WorkerConnection;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;

/// The HTTP server of the scenes, for listeners and for single connections: every request gets the same answer.
final class Replies {
    private final String text;
    private final EventLoopGroup loops = new EpollEventLoopGroup(1);
    private final HttpDrain drain = new HttpDrain(HttpLimits.defaults());

    Replies(String text) {
        this.text = text;
    }

    /// Accepts from a listener.
    void acceptFrom(ChannelFactory<ServerChannel> listener) {
        var _ = new ServerBootstrap()
                .group(loops)
                .channelFactory(listener)
                .handler(drain.listenerHandler())
                .childHandler(new Connection())
                .register()
                .addListener(ChannelFutureListener.FIRE_EXCEPTION_ON_FAILURE);
    }

    /// Takes one connection.
    void serve(WorkerConnection connection) {
        connection.nettyChannel(loops, new Connection());
    }

    /// Finishes what is in hand.
    void drain() {
        drain.drain();
    }

    private final class Connection extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channel.pipeline().addLast(new HttpServerCodec());
            drain.addTo(channel.pipeline());
            channel.pipeline().addLast(new Answer());
        }
    }

    private final class Answer extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof LastHttpContent) {
                var body = ByteBufUtil.writeUtf8(context.alloc(), text + "\n");
                var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
                answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
                var _ = context.writeAndFlush(answer);
            }
        }
    }
}
