package dev.drover.cli;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/// A gRPC channel to a master, and the thread it lives on.
record MasterChannel(EventLoopGroup loop, ManagedChannel grpc) implements AutoCloseable {

    /// A line of a worker's log may have a mebibyte, of which each byte may be written as four.
    private static final int MAX_MESSAGE_BYTES = 8 << 20;

    /// A master cuts a connection on which nothing comes or goes for half an hour; a watch may have that little to
    /// tell.
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(10);

    private static final Duration END_BOUND = Duration.ofMillis(300);

    // Held for as long as the process runs: java.util.logging forgets the level of a logger nobody holds.
    @SuppressWarnings("UnusedVariable")
    private static final List<Logger> QUIET =
            Stream.of("io.netty", "io.grpc").map(MasterChannel::quiet).toList();

    static {
        // Else Netty looks for SLF4J and Log4j first.
        InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    }

    /// Connects with the first call.
    static MasterChannel to(Path socket) {
        return to(UnixDomainSocketAddress.of(socket), NioDomainSocketChannel.class, MasterChannel::plain);
    }

    /// Connects with the first call.
    static MasterChannel to(InetSocketAddress target) {
        return to(target, NioSocketChannel.class, MasterChannel::plain);
    }

    /// Connects with the first call.
    ///
    /// @param security what makes the connection secure
    static MasterChannel to(InetSocketAddress target, Consumer<NettyChannelBuilder> security) {
        return to(target, NioSocketChannel.class, security);
    }

    private static MasterChannel to(
            SocketAddress target, Class<? extends Channel> type, Consumer<NettyChannelBuilder> security) {
        var loop = new NioEventLoopGroup(1);
        var builder = NettyChannelBuilder.forAddress(target)
                .channelType(type, target.getClass())
                .eventLoopGroup(loop)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .keepAliveTime(KEEP_ALIVE.toMinutes(), TimeUnit.MINUTES)
                .directExecutor();
        security.accept(builder);
        return new MasterChannel(loop, builder.build());
    }

    private static void plain(NettyChannelBuilder builder) {
        builder.overrideAuthority("localhost").usePlaintext();
    }

    /// Their warnings are for programmers; what users need to know comes as a status.
    private static Logger quiet(String name) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(Level.OFF);
        return logger;
    }

    /// Connects now.
    void connect() {
        var _ = grpc.getState(true);
    }

    /// Waits for the thread to end: a JVM that exits waits up to 300 ms for one that is in the kernel.
    @Override
    public void close() {
        grpc.shutdownNow();
        var _ = loop.shutdownGracefully(0, 0, TimeUnit.MILLISECONDS).awaitUninterruptibly(END_BOUND.toMillis());
    }
}
