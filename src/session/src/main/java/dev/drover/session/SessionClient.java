package dev.drover.session;

import dev.drover.protocol.worker.v1.Hello;
import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.protocol.worker.v1.OpenSessionRequest;
import dev.drover.protocol.worker.v1.SessionServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// A worker's end of its session, on one thread of its own. It is opened once and ends with the stream: there is no
/// second try, because a ticket opens one session, and a worker serves without one.
///
/// Thread-safe.
public final class SessionClient implements AutoCloseable {
    private final Path socket;
    private final String ticket;
    private final int incarnation;
    private final Handlers handlers = new Handlers();
    private final Heart heart = new Heart();
    private final CompletableFuture<ClientSession> opened = new CompletableFuture<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final Messenger messenger = new OutletMessenger(this::offer, handlers);
    private final AtomicBoolean begun = new AtomicBoolean();

    private final AtomicBoolean measuring = new AtomicBoolean();

    /// Completes once there is something to be closed.
    private final CompletableFuture<ClientSession> started = new CompletableFuture<>();

    /// A line for people that was not told yet.
    private final AtomicReference<Optional<String>> status = new AtomicReference<>(Optional.empty());

    /// @param socket `attach/session.sock` of the run directory
    /// @param ticket as it was given with the listeners
    /// @param incarnation `DROVER_INCARNATION`
    public SessionClient(Path socket, String ticket, int incarnation) {
        this.socket = socket;
        this.ticket = ticket;
        this.incarnation = incarnation;
    }

    /// Says and takes messages. What is said before the session is open waits for it, as it waits for room; what
    /// comes waits for [#handle].
    public Messenger messenger() {
        return messenger;
    }

    /// Begins to open the session, on a thread of its own: gRPC takes its time to load. Said again it changes
    /// nothing.
    ///
    /// @return completes when it is open; fails with a [SessionException]
    public CompletableFuture<SessionClient> open() {
        if (begun.compareAndSet(false, true)) {
            Thread.ofPlatform().daemon().name("drover-session-open").start(this::connect);
        }
        return opened.thenApply(_session -> this);
    }

    /// Completes with the reason when the session has ended, also one that could not be opened.
    public CompletableFuture<String> ended() {
        return ended.copy();
    }

    /// From now on handlers are called.
    public void handle() {
        var _ = opened.thenAccept(session -> session.lanes().begin());
    }

    /// Who gives the signs of life from now on: the loop that serves, so that one that hangs is silent. Without it
    /// the session's own thread does.
    public void heartbeatBy(Executor loop) {
        heart.beatBy(loop);
    }

    /// What the signs of life tell from now on. Called by the loop of [#heartbeatBy].
    public void reportLoad(Supplier<Load> current) {
        heart.report(current);
    }

    /// What is told of the application's metrics from now on, every 5 s, where the master takes them: all of it,
    /// at most 2000 series and 1 MiB, else nothing. Asked on a thread of its own.
    public void reportMetrics(Supplier<MetricsReport> current) {
        if (!measuring.compareAndSet(false, true)) {
            throw new IllegalStateException("cannot report metrics twice: there is a source of them already");
        }
        var _ = opened.thenAccept(session -> session.measure(current));
    }

    /// Tells for the last time what the application measures, if it is told at all, and waits until it is on its way.
    ///
    /// @param bound at most so long
    public void tellLastMetrics(Duration bound) {
        if (measuring.get() && opened.isDone() && !opened.isCompletedExceptionally()) {
            opened.join().measureForTheLastTime(bound);
        }
    }

    /// Tells a line for people, cut at 256 characters: the newest one, ten times a second at most. Lost where
    /// there is no session.
    public void status(String text) {
        var cut = text.substring(0, Math.min(text.length(), SessionLimits.MAX_STATUS_BYTES / 4));
        // One at a time waits for its turn; it tells the newest.
        if (status.getAndSet(Optional.of(cut)).isEmpty()) {
            var _ = opened.thenAccept(session ->
                    session.status(() -> status.getAndSet(Optional.empty()).orElseThrow()));
        }
    }

    private Withdrawal offer(Address to, Said said, WhenFull whenFull, Outcome outcome) {
        if (opened.isDone() && !opened.isCompletedExceptionally()) {
            return opened.join().link().offer(to, said, whenFull, outcome);
        }
        return offerOnceOpen(to, said, whenFull, outcome);
    }

    private Withdrawal offerOnceOpen(Address to, Said said, WhenFull whenFull, Outcome outcome) {
        long start = System.nanoTime();
        var patience = Outbox.patience(whenFull, false);
        try {
            var _ = open();
            var session = opened.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            var left = patience.minusNanos(System.nanoTime() - start);
            return session.link()
                    .offer(to, said, left.isPositive() ? WhenFull.waitFor(left) : WhenFull.fail(), outcome);
        } catch (TimeoutException _) {
            outcome.failed(new Failure(FailureReason.QUEUE_FULL, "the session is not open yet"));
        } catch (ExecutionException failure) {
            var cause = Objects.requireNonNullElse(failure.getCause(), failure);
            outcome.failed(new Failure(FailureReason.NO_RECEIVER, String.valueOf(cause.getMessage())));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            outcome.failed(new Failure(FailureReason.QUEUE_FULL, "interrupted while waiting for the session"));
        }
        return Withdrawal.NOTHING;
    }

    private void connect() {
        try {
            GrpcLogs.quiet();
            var loops = new EpollEventLoopGroup(1, new DefaultThreadFactory("drover-session", true));
            var _ = ended.thenAccept(_why -> {
                var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            });
            var channel = channel(loops);
            // Before the loops: what depends on a future comes last in first out.
            var _ = ended.thenAccept(_why -> channel.shutdownNow());
            var session = new ClientSession(loops.next(), handlers, heart, opened::complete, this::over);
            SessionServiceGrpc.newStub(channel)
                    .withOnReadyThreshold(SessionLimits.READY_THRESHOLD_BYTES)
                    .openSession(session)
                    .onNext(hello());
            // Only now: until here most of the time went into loading gRPC, which is nobody's silence.
            var _ = loops.next()
                    .schedule(session::welcomeDue, SessionLimits.HELLO_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
            started.complete(session);
        } catch (RuntimeException | Error failure) {
            over(failure.toString());
        }
    }

    private OpenSessionRequest hello() {
        return OpenSessionRequest.newBuilder()
                .setHello(Hello.newBuilder()
                        .setProtocolVersion(SessionLimits.PROTOCOL_VERSION)
                        .addCapabilities(SessionLimits.PING)
                        .setTicket(ticket)
                        .setIncarnation(incarnation))
                .build();
    }

    private void over(String why) {
        opened.completeExceptionally(new SessionException("cannot open the session at " + socket + ": " + why));
        ended.complete(why);
    }

    private ManagedChannel channel(EventLoopGroup loops) {
        return NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toString()))
                .channelType(EpollDomainSocketChannel.class)
                .withOption(ChannelOption.SO_KEEPALIVE, null)
                .withOption(ChannelOption.SO_SNDBUF, SessionLimits.SEND_BUFFER_BYTES)
                .eventLoopGroup(loops)
                .directExecutor()
                .offloadExecutor(Runnable::run)
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(MessageLimits.MOST_PAYLOAD_BYTES + SessionLimits.MAX_OVERHEAD_BYTES)
                .flowControlWindow(SessionLimits.FLOW_WINDOW_BYTES)
                .build();
    }

    /// Ends the session, also one that is being opened; the worker serves on. Idempotent.
    @Override
    public void close() {
        if (begun.compareAndSet(false, true)) {
            over("closed by this side");
        } else {
            var _ = started.thenAccept(ClientSession::end);
        }
    }
}
