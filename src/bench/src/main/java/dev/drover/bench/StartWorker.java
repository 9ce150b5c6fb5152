package dev.drover.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleClient;
import dev.drover.handoff.Received;
import dev.drover.session.SessionClient;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/// The worker of [StartBench]: a hello service that joins, serves, says that it is ready, and then opens a session
/// beside serving, or none at all. The SDK always opens one, so this speaks to the master by what the SDK is made of,
/// in
/// the order of `Worker.join` and `Worker.ready`.
public final class StartWorker {
    /// Set to `true`: with a session.
    static final String SESSION = "BENCH_SESSION";

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

    private StartWorker() {}

    /// Lives until it is killed, or its master is gone.
    public static void main(String[] arguments) {
        Jvm.logWarningsOnly();
        var environment = System.getenv();
        var attach = Path.of(variable(environment, "DROVER_RUN_DIR"), "attach");
        int incarnation = Integer.parseInt(variable(environment, "DROVER_INCARNATION"));
        try (var handles = HandleClient.connect(attach.resolve("handles.sock"), JOIN_TIMEOUT)) {
            var joined = handles.join(
                    variable(environment, "DROVER_WORKER"),
                    incarnation,
                    variable(environment, "DROVER_TOKEN"),
                    JOIN_TIMEOUT);
            handles.acknowledge(joined.transferId());
            joined.listeners().forEach(StartWorker::serve);
            handles.ready();
            if (Boolean.parseBoolean(environment.get(SESSION))) {
                var session = new SessionClient(attach.resolve("session.sock"), joined.ticket(), incarnation);
                session.handle();
                var _ = session.open();
            }
            awaitEnd(handles);
        }
        System.exit(0);
    }

    private static String variable(Map<String, String> environment, String name) {
        var value = environment.get(name);
        if (value == null) {
            throw new BenchException(name + " is not set: this program is the worker of a measurement");
        }
        return value;
    }

    private static void serve(Handle listener) {
        new ServerBootstrap()
                .group(new EpollEventLoopGroup(1))
                .channelFactory(
                        () -> new EpollServerSocketChannel(listener.descriptor().release()))
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec(), new Hello());
                    }
                })
                .register()
                .syncUninterruptibly();
    }

    private static void awaitEnd(HandleClient handles) {
        while (true) {
            switch (handles.receive()) {
                case Received.Transferred(var transferId, var passed) -> {
                    passed.forEach(handle -> handle.descriptor().close());
                    handles.refuse(transferId, "this worker takes no handles");
                }
                case Received.Withdrawn wanted -> handles.refuse(wanted.transferId(), "this worker keeps what it has");
                case Received.MasterGone _ -> {
                    return;
                }
            }
        }
    }

    /// Answers as the hello service of the examples.
    private static final class Hello extends SimpleChannelInboundHandler<HttpObject> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
            if (part instanceof LastHttpContent) {
                var body =
                        Unpooled.copiedBuffer("ok 1 " + ProcessHandle.current().pid(), US_ASCII);
                var answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
                answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
                var _ = context.writeAndFlush(answer);
            }
        }
    }
}
