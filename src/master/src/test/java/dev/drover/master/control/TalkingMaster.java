package dev.drover.master.control;

import dev.drover.protocol.control.v1.MessageServiceGrpc;
import dev.drover.session.MessageLimits;
import dev.drover.session.SessionClient;
import dev.drover.session.SessionEvents;
import dev.drover.session.SessionGate;
import dev.drover.session.SessionServer;
import dev.drover.session.SessionVerdict;
import dev.drover.session.Switchboard;
import dev.drover.session.WorkerSession;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// The message service over a real socket, and real sessions of workers that the test makes. The pool of `web-0` is
/// `web`.
final class TalkingMaster implements AutoCloseable, SessionGate {
    private static final Duration HEARTBEAT = Duration.ofSeconds(1);
    private static final int FLOW_WINDOW = 64 << 10;

    private final Path directory;
    private final SessionServer sessions;
    private final MessageService service;
    private final EventLoopGroup loops = new EpollEventLoopGroup(1);
    private final Server server;
    private final ManagedChannel channel;
    private final Map<String, Boolean> tickets = new ConcurrentHashMap<>();
    private final List<SessionClient> workers = new CopyOnWriteArrayList<>();

    TalkingMaster(MessageLimits limits, Subscription.Patience patience) {
        try {
            directory = Files.createTempDirectory("drt");
            sessions = SessionServer.start(directory.resolve("session.sock"), limits, this);
            service = new MessageService(sessions.switchboard(), new SingleLoop(loops.next()), patience);
            server = NettyServerBuilder.forAddress(address())
                    .channelType(EpollServerDomainSocketChannel.class)
                    .withOption(io.netty.channel.ChannelOption.SO_KEEPALIVE, null)
                    .withChildOption(io.netty.channel.ChannelOption.SO_KEEPALIVE, null)
                    .bossEventLoopGroup(loops)
                    .workerEventLoopGroup(loops)
                    .directExecutor()
                    .addService(ServerInterceptors.intercept(service, new CallDeadline()))
                    .build()
                    .start();
            channel = NettyChannelBuilder.forAddress(address())
                    .channelType(EpollDomainSocketChannel.class)
                    .withOption(io.netty.channel.ChannelOption.SO_KEEPALIVE, null)
                    .eventLoopGroup(loops)
                    .flowControlWindow(FLOW_WINDOW)
                    .usePlaintext()
                    .directExecutor()
                    .build();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// All calls on one loop, as the master has them.
    private static final class SingleLoop extends CallLoop {
        private final Executor loop;

        SingleLoop(Executor loop) {
            this.loop = loop;
        }

        @Override
        Executor current() {
            return loop;
        }
    }

    private DomainSocketAddress address() {
        return new DomainSocketAddress(directory.resolve("control.sock").toString());
    }

    Switchboard switchboard() {
        return sessions.switchboard();
    }

    MessageService service() {
        return service;
    }

    /// For calls that wait, with a deadline of the test's own.
    MessageServiceGrpc.MessageServiceBlockingStub calls() {
        return MessageServiceGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
    }

    /// For calls that do not, without a deadline.
    MessageServiceGrpc.MessageServiceStub streams() {
        return MessageServiceGrpc.newStub(channel);
    }

    MessageServiceGrpc.MessageServiceFutureStub futures() {
        return MessageServiceGrpc.newFutureStub(channel);
    }

    /// A worker whose session is open and whose handlers are called.
    SessionClient worker(String name) {
        var worker = silentWorker(name);
        worker.handle();
        return worker;
    }

    /// A worker whose session is open and whose handlers are not called until [SessionClient#handle].
    SessionClient silentWorker(String name) {
        tickets.put(name, true);
        var worker = new SessionClient(directory.resolve("session.sock"), name, 1);
        workers.add(worker);
        worker.open().orTimeout(10, TimeUnit.SECONDS).join();
        return worker;
    }

    @Override
    public void hello(String ticket, int incarnation, Consumer<SessionVerdict> decision) {
        decision.accept(
                tickets.remove(ticket) == null
                        ? new SessionVerdict.Refused()
                        : new SessionVerdict.Admitted(
                                ticket.substring(0, ticket.lastIndexOf('-')),
                                ticket,
                                incarnation,
                                HEARTBEAT,
                                new Deaf()));
    }

    @Override
    public void refused(String why) {}

    /// Whom nothing of a session's life concerns.
    private static final class Deaf implements SessionEvents {
        @Override
        public void opened(WorkerSession session) {}

        @Override
        public void ready() {}

        @Override
        public void draining() {}

        @Override
        public void status(String text) {}

        @Override
        public void closed(String why) {}
    }

    @Override
    public void close() {
        workers.forEach(SessionClient::close);
        channel.shutdownNow();
        server.shutdownNow();
        sessions.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
        try {
            Files.deleteIfExists(directory.resolve("control.sock"));
            Files.delete(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
