package dev.drover.session;

import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.OpenSessionResponse;
import dev.drover.protocol.worker.v1.SessionServiceGrpc;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The master's end of all sessions: a gRPC server on `attach/session.sock`, on one thread of its own.
///
/// Who can connect is decided by the directory of the socket, as with the handle socket; who may open a session by
/// the ticket. What a peer does costs nobody but its own session.
public final class SessionServer implements AutoCloseable {
    private static final Duration END_BOUND = Duration.ofSeconds(2);

    private final MessageLimits limits;
    private final SessionGate gate;
    private final Path socket;
    private final EventLoopGroup loops;
    private final Switchboard switchboard;
    private final Duration helloTimeout;
    private final Connections connections;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<ServerSession> open = ConcurrentHashMap.newKeySet();
    private final Server server;

    private SessionServer(Path socket, MessageLimits limits, SessionGate gate, Duration helloTimeout)
            throws IOException {
        this.socket = socket;
        this.limits = limits;
        this.gate = gate;
        this.helloTimeout = helloTimeout;
        this.connections = new Connections(helloTimeout.plus(helloTimeout));
        this.loops = new EpollEventLoopGroup(1, new DefaultThreadFactory("drover-session", true));
        this.switchboard = new Switchboard(loops.next(), limits);
        try {
            this.server = builder().build().start();
        } catch (IOException | RuntimeException failure) {
            var _ = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw failure;
        }
    }

    /// Loads Netty's transport and gRPC's server, which is most of the time a start takes. Idempotent; without it a
    /// start does the same.
    public static void prepare() {
        GrpcLogs.quiet();
        Requests.method();
        var _ = Epoll.isAvailable();
        var _ = NettyServerBuilder.forAddress(new DomainSocketAddress("nowhere"))
                .directExecutor()
                .build();
    }

    /// Listens at the path, in a directory that exists; a socket file that is there is replaced.
    ///
    /// @throws IOException when the path cannot be bound
    public static SessionServer start(Path socket, MessageLimits limits, SessionGate gate) throws IOException {
        return start(socket, limits, gate, SessionLimits.HELLO_TIMEOUT);
    }

    /// @param helloTimeout from the begin of a call to the verdict on its Hello
    static SessionServer start(Path socket, MessageLimits limits, SessionGate gate, Duration helloTimeout)
            throws IOException {
        Files.deleteIfExists(socket);
        return new SessionServer(socket, limits, gate, helloTimeout);
    }

    private ServerChannel listening() {
        var channel = new EpollServerDomainSocketChannel();
        channel.pipeline().addFirst(connections);
        return channel;
    }

    private NettyServerBuilder builder() {
        GrpcLogs.quiet();
        return NettyServerBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelFactory(this::listening)
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .withChildOption(ChannelOption.SO_KEEPALIVE, null)
                .withChildOption(ChannelOption.SO_SNDBUF, SessionLimits.SEND_BUFFER_BYTES)
                .bossEventLoopGroup(loops)
                .workerEventLoopGroup(loops)
                .directExecutor()
                .maxInboundMessageSize(limits.maxPayloadBytes() + SessionLimits.MAX_OVERHEAD_BYTES)
                .maxInboundMetadataSize(SessionLimits.MAX_METADATA_BYTES)
                .flowControlWindow(SessionLimits.FLOW_WINDOW_BYTES)
                .maxConcurrentCallsPerConnection(1)
                .addService(ServerServiceDefinition.builder(SessionServiceGrpc.SERVICE_NAME)
                        .addMethod(
                                Requests.method(),
                                ServerCalls.asyncBidiStreamingCall(
                                        peer -> begin((ServerCallStreamObserver<OpenSessionResponse>) peer)))
                        .build());
    }

    private StreamObserver<OpenSessionRequest> begin(ServerCallStreamObserver<OpenSessionResponse> peer) {
        peer.setOnReadyThreshold(SessionLimits.READY_THRESHOLD_BYTES);
        var session =
                new ServerSession(loops.next(), peer, limits, gate, switchboard, connections.speaking(), open::remove);
        open.add(session);
        session.begin(helloTimeout);
        return session;
    }

    /// Connects who says something with whom it is for.
    public Switchboard switchboard() {
        return switchboard;
    }

    /// Ends every session and removes the socket file; waits for that, two seconds at most. Not for the session's
    /// own thread. Idempotent.
    @Override
    public void close() {
        // A second time the path may be that of a successor.
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        server.shutdown();
        open.forEach(ServerSession::end);
        try {
            server.shutdownNow();
            server.awaitTermination(END_BOUND.toNanos(), TimeUnit.NANOSECONDS);
            Files.deleteIfExists(socket);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException _) {
            // The next master replaces it.
        } finally {
            switchboard.close();
            var _ = loops.shutdownGracefully(0, END_BOUND.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
