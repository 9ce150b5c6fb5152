package dev.drover.worker;

import dev.drover.worker.fixtures.Listening;
import dev.drover.worker.fixtures.RawClient;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A Netty server with one event loop and an [HttpDrain], whose slow answers the test gives.
///
/// It answers a request with its path; `/held...` when [#release] says so; `/big` with [#BIG] bytes.
final class TestServer implements AutoCloseable {
    static final int BIG = 32 * 1024 * 1024;

    final HttpDrain drain;
    private final Listening listening = Listening.tcp("http");
    private final EventLoopGroup loops = new EpollEventLoopGroup(1);
    private final BlockingQueue<Runnable> held = new LinkedBlockingQueue<>();

    TestServer(HttpLimits limits) {
        drain = new HttpDrain(limits);
        var listener = new WorkerListener(listening.duplicate());
        listener.becomeReady();
        new ServerBootstrap()
                .group(loops)
                .channelFactory(listener.nettyChannelFactory())
                .handler(drain.listenerHandler())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new HttpServerCodec());
                        drain.addTo(channel.pipeline());
                        channel.pipeline().addLast(new Answers());
                    }
                })
                .register()
                .syncUninterruptibly();
    }

    RawClient client() {
        return RawClient.connect(listening.port());
    }

    /// Lets the oldest held answer go, which it waits for.
    void release() throws InterruptedException {
        var answer = held.poll(10, TimeUnit.SECONDS);
        if (answer == null) {
            throw new AssertionError("no request is held");
        }
        answer.run();
    }

    /// Waits for a request to `/held`; its answer is still to be released.
    void awaitHeld() throws InterruptedException {
        held.put(Objects.requireNonNull(held.poll(10, TimeUnit.SECONDS), "no request is held"));
    }

    /// Keeps the event loop from doing anything until the latch is down.
    void block(CountDownLatch until) throws InterruptedException {
        var blocked = new CountDownLatch(1);
        loops.execute(() -> {
            blocked.countDown();
            try {
                until.await();
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
        blocked.await();
    }

    /// Drains on a thread of its own and returns when the drain has begun.
    Thread startDrain() throws InterruptedException {
        var thread = Thread.ofPlatform().name("drain").start(drain::drain);
        while (!drain.isDraining()) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        listening.close();
    }

    private final class Answers extends ChannelInboundHandlerAdapter {
        private @Nullable HttpRequest request;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest head) {
                request = head;
            }
            var current = request;
            if (message instanceof LastHttpContent && current != null) {
                request = null;
                var path = current.uri();
                if (path.startsWith("/held")) {
                    held.add(() -> context.executor().execute(() -> answer(context, path)));
                } else {
                    answer(context, path);
                }
            }
            ReferenceCountUtil.release(message);
        }

        private static void answer(ChannelHandlerContext context, String path) {
            var body = path.equals("/big")
                    ? Unpooled.wrappedBuffer(new byte[BIG])
                    : Unpooled.copiedBuffer(path, StandardCharsets.UTF_8);
            var _ = context.writeAndFlush(response(body));
        }

        private static DefaultFullHttpResponse response(ByteBuf body) {
            var response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, body);
            HttpUtil.setContentLength(response, body.readableBytes());
            return response;
        }
    }
}
