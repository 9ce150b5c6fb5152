package dev.drover.it.programs;

import dev.drover.session.Load;
import dev.drover.worker.HttpDrain;
import dev.drover.worker.HttpLimits;
import dev.drover.worker.Worker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Answers as the hello service does, and keeps 1 MiB for each request.
public final class LeakingWorker {
    private static final int LEAK_BYTES = 1 << 20;

    private LeakingWorker() {}

    public static void main(String[] arguments) {
        var worker = Worker.join();
        var drain = new HttpDrain(HttpLimits.defaults());
        var loop = new EpollEventLoopGroup(1);
        worker.onDrain(drain::drain);
        worker.heartbeatBy(loop);
        worker.reportLoad(() -> new Load(drain.connections(), drain.inFlight(), drain.answered()));
        new ServerBootstrap()
                .group(loop)
                .channelFactory(worker.listener("http").nettyChannelFactory())
                .handler(drain.listenerHandler())
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec());
                        drain.addTo(channel.pipeline());
                        channel.pipeline().addLast(new Leak(worker.name()));
                    }
                })
                .register()
                .syncUninterruptibly();
        worker.ready();
    }

    private static final class Leak extends SimpleChannelInboundHandler<HttpObject> {
        /// All connections are of one loop.
        private static final List<byte[]> LEAKED = new ArrayList<>();

        private final String worker;
        private String id = "";

        Leak(String worker) {
            this.worker = worker;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
            if (message instanceof HttpRequest head) {
                id = String.join(
                        "", new QueryStringDecoder(head.uri()).parameters().getOrDefault("id", List.of()));
            }
            if (message instanceof LastHttpContent) {
                LEAKED.add(new byte[LEAK_BYTES]);
                var body = "ok " + id + " " + ProcessHandle.current().pid();
                var response = new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.OK,
                        Unpooled.copiedBuffer(body, StandardCharsets.US_ASCII));
                response.headers()
                        .set(HttpHeaderNames.CONTENT_LENGTH, body.length())
                        .set("X-Worker", worker)
                        .set("X-Worker-Pid", ProcessHandle.current().pid());
                var _ = context.writeAndFlush(response);
            }
        }
    }
}
