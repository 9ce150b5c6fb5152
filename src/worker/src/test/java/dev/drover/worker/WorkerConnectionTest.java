package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.worker.fixtures.FakeMaster;
import dev.drover.worker.fixtures.Listening;
import dev.drover.worker.fixtures.RawClient;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Connections that a master has accepted.
@Timeout(20)
class WorkerConnectionTest {
    @TempDir
    Path directory;

    private final FakeProcessEnd end = new FakeProcessEnd();
    private final EpollEventLoopGroup loops = new EpollEventLoopGroup(1);
    private Listening tcp;
    private Listening unix;
    private FakeMaster master;
    private Worker worker;

    @BeforeEach
    void join() {
        tcp = Listening.tcp("http");
        unix = Listening.unix("local", directory.resolve("app.sock"));
        master = new FakeMaster(directory, List.of(), List.of("http", "local"));
        worker = Worker.join(master.environment(), end);
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
    }

    @AfterEach
    void close() {
        worker.close();
        master.close();
        unix.close();
        tcp.close();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private static SocketChannel connect(Listening listening) throws IOException {
        var channel = listening.address() instanceof UnixDomainSocketAddress
                ? SocketChannel.open(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        channel.connect(listening.address());
        return channel;
    }

    /// The master accepts the connection and gives it away; its own is closed after the acknowledgement.
    private void give(Listening listening) {
        try (var accepted = listening.listener().accept().orElseThrow()) {
            long id = master.give(listening.name(), listening.address(), accepted.fd());
            master.awaitSaid("acknowledged " + id);
        }
    }

    private static int read(SocketChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(1);
        return channel.read(buffer) < 0 ? -1 : buffer.get(0);
    }

    /// Writes 42 as soon as it is connected, and closes.
    private static ChannelInitializer<Channel> answerAndClose() {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelActive(ChannelHandlerContext context) {
                        var _ = context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {42}))
                                .addListener(ChannelFutureListener.CLOSE);
                    }
                });
            }
        };
    }

    @Test
    void aTcpConnectionIsServedByNetty() throws IOException {
        servedByNetty(tcp);
    }

    @Test
    void aUnixConnectionIsServedByNetty() throws IOException {
        servedByNetty(unix);
    }

    private void servedByNetty(Listening listening) throws IOException {
        // given
        worker.onConnection(listening.name(), connection -> connection.nettyChannel(loops, answerAndClose()));
        try (var client = connect(listening)) {
            // when
            give(listening);

            // then
            assertThat(read(client)).isEqualTo(42);
            assertThat(read(client)).isEqualTo(-1);
            master.awaitEnded(1);
        }
    }

    @Test
    void theClientSeesTheEndAlthoughTheMasterHasNotClosedItsOwn() throws IOException {
        for (var listening : List.of(tcp, unix)) {
            // given
            worker.onConnection(listening.name(), connection -> connection.nettyChannel(loops, answerAndClose()));
            try (var client = connect(listening);
                    var accepted = listening.listener().accept().orElseThrow()) {
                // when
                master.give(listening.name(), listening.address(), accepted.fd());

                // then
                assertThat(read(client)).isEqualTo(42);
                assertThat(read(client)).isEqualTo(-1);
            }
        }
    }

    @Test
    void theClientSeesTheEndOfWhatNobodyTakesAlthoughTheMasterHasNotClosedItsOwn() throws IOException {
        for (var listening : List.of(tcp, unix)) {
            // given
            worker.onConnection(listening.name(), _ -> {});
            try (var client = connect(listening);
                    var accepted = listening.listener().accept().orElseThrow()) {
                // when
                master.give(listening.name(), listening.address(), accepted.fd());

                // then
                assertThat(read(client)).isEqualTo(-1);
            }
        }
    }

    @Test
    void aTcpConnectionIsServedByTheJdk() throws IOException {
        servedByTheJdk(tcp);
    }

    @Test
    void aUnixConnectionIsServedByTheJdk() throws IOException {
        servedByTheJdk(unix);
    }

    private void servedByTheJdk(Listening listening) throws IOException {
        // given: it echoes one byte, in blocking mode
        worker.onConnection(
                listening.name(), connection -> Thread.ofPlatform().start(new Echo(connection.socketChannel())));
        try (var client = connect(listening)) {
            give(listening);

            // when
            client.write(ByteBuffer.wrap(new byte[] {7}));

            // then
            assertThat(read(client)).isEqualTo(7);
            assertThat(read(client)).isEqualTo(-1);
            master.awaitEnded(1);
        }
    }

    private record Echo(SocketChannel channel) implements Runnable {
        @Override
        public void run() {
            try (channel) {
                var buffer = ByteBuffer.allocate(1);
                channel.read(buffer);
                channel.write(buffer.flip());
            } catch (IOException failure) {
                throw new IllegalStateException(failure);
            }
        }
    }

    @Test
    void itTellsBothEnds() throws Exception {
        // given
        var told = new ArrayList<Object>();
        var taken = new CountDownLatch(1);
        worker.onConnection("http", connection -> {
            told.addAll(List.of(
                    connection.socketName(),
                    connection.localAddress(),
                    connection.remoteAddress().orElseThrow()));
            var _ = connection.nettyChannel(loops, answerAndClose());
            taken.countDown();
        });
        try (var client = connect(tcp)) {
            // when
            give(tcp);

            // then
            assertThat(taken.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(told).containsExactly("http", client.getRemoteAddress(), client.getLocalAddress());
        }
    }

    @Test
    void aClientThatIsGoneAlreadyIsNoHarm() throws Exception {
        // given
        var remotes = new LinkedBlockingQueue<Boolean>();
        worker.onConnection("http", connection -> {
            remotes.add(connection.remoteAddress().isPresent());
            var _ = connection.nettyChannel(loops, answerAndClose());
        });
        var client = connect(tcp);
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();

        // when
        give(tcp);

        // then
        assertThat(remotes.poll(10, TimeUnit.SECONDS)).isFalse();
        master.awaitEnded(1);
    }

    @Test
    void aConnectionThatNobodyTakesIsClosed() throws IOException {
        // given
        worker.onConnection("http", connection -> {});
        try (var client = connect(tcp)) {
            // when
            give(tcp);

            // then
            assertThat(read(client)).isEqualTo(-1);
            master.awaitEnded(1);
        }
    }

    @Test
    void aHandlerThatFailsCostsItsConnectionAndNoOther() throws IOException {
        // given
        var failures = List.of(new IOException("no"), new AssertionError("no")).iterator();
        worker.onConnection("http", connection -> {
            if (failures.hasNext()) {
                switch (failures.next()) {
                    case IOException failure -> throw failure;
                    case Error failure -> throw failure;
                    default -> throw new IllegalStateException();
                }
            }
            var _ = connection.nettyChannel(loops, answerAndClose());
        });
        try (var first = connect(tcp);
                var second = connect(tcp);
                var third = connect(tcp)) {
            // when
            give(tcp);
            master.awaitEnded(1);
            give(tcp);
            master.awaitEnded(1);
            give(tcp);

            // then
            assertThat(read(first)).isEqualTo(-1);
            assertThat(read(second)).isEqualTo(-1);
            assertThat(read(third)).isEqualTo(42);
        }
    }

    @Test
    void aConnectionIsTakenOnce() throws Exception {
        // given
        var refusal = new LinkedBlockingQueue<String>();
        worker.onConnection("http", connection -> {
            var _ = connection.nettyChannel(loops, answerAndClose());
            try {
                var _ = connection.nettyChannel(loops, answerAndClose());
            } catch (IllegalStateException taken) {
                refusal.add(String.valueOf(taken.getMessage()));
            }
        });
        try (var client = connect(tcp)) {
            // when
            give(tcp);

            // then
            assertThat(read(client)).isEqualTo(42);
            assertThat(refusal.poll(10, TimeUnit.SECONDS)).contains("taken before");
        }
    }

    @Test
    void manyEndsAreToldTogether() throws IOException {
        // given
        int count = 300;
        worker.onConnection("http", connection -> {});

        // when
        try (var clients = new Batch()) {
            for (int i = 0; i < count; i++) {
                clients.add(connect(tcp));
                try (var accepted = tcp.listener().accept().orElseThrow()) {
                    master.give("http", tcp.address(), accepted.fd());
                }
            }
            int frames = master.awaitEnded(count);

            // then
            assertThat(frames).isBetween(1, count / 2);
        }
    }

    @Test
    void whatHasComeIsAcknowledgedBeforeAnyOfItIsHandedOver() throws Exception {
        // given: the loop is busy while three come
        var free = new CountDownLatch(1);
        var heard = new CompletableFuture<Boolean>();
        worker.onConnection("http", connection -> {
            if (!heard.isDone()) {
                heard.complete(master.awaitAcknowledged(2, 3, 4));
            }
            var _ = connection.nettyChannel(loops, answerAndClose());
        });
        worker.receiveBy(loops);
        loops.execute(() -> await(free));
        try (var clients = new Batch()) {
            for (int i = 0; i < 3; i++) {
                clients.add(connect(tcp));
                try (var accepted = tcp.listener().accept().orElseThrow()) {
                    master.give("http", tcp.address(), accepted.fd());
                }
            }

            // when
            free.countDown();

            // then
            assertThat(heard.get(10, TimeUnit.SECONDS)).isTrue();
            for (var client : clients.channels) {
                assertThat(read(client)).isEqualTo(42);
            }
        }
    }

    @Test
    void handlersRunOnTheLoopThatReceives() throws Exception {
        // given
        var there = new CompletableFuture<Boolean>();
        var loop = loops.next();
        worker.onConnection("http", connection -> there.complete(loop.inEventLoop()));
        worker.receiveBy(loop);
        try (var client = connect(tcp)) {
            // when
            give(tcp);

            // then
            assertThat(there.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(read(client)).isEqualTo(-1);
        }
    }

    @Test
    void whatALoopThatHasEndedDoesNotTakeIsTakenAllTheSame() throws IOException {
        // given
        worker.onConnection("http", connection -> connection.nettyChannel(loops, answerAndClose()));
        worker.receiveBy(task -> {
            throw new RejectedExecutionException("it has ended");
        });
        try (var first = connect(tcp);
                var second = connect(tcp)) {
            // when
            give(tcp);
            give(tcp);

            // then
            assertThat(read(first)).isEqualTo(42);
            assertThat(read(second)).isEqualTo(42);
        }
    }

    @Test
    void theEndOfTheMasterIsSeenAlthoughTheLoopHangs() throws Exception {
        // given
        var tasks = new LinkedBlockingQueue<Runnable>();
        worker.onConnection("http", connection -> {});
        worker.receiveBy(tasks::add);
        try (var client = connect(tcp);
                var accepted = tcp.listener().accept().orElseThrow()) {
            master.give("http", tcp.address(), accepted.fd());
            var turn = tasks.poll(10, TimeUnit.SECONDS);

            // when
            master.close();

            // then
            assertThat(end.await()).isEqualTo("exit 0");
            assertThat(turn).isNotNull();
            assertThat(client.isConnected()).isTrue();
        }
    }

    private static final class Batch implements AutoCloseable {
        private final List<SocketChannel> channels = new ArrayList<>();

        void add(SocketChannel channel) {
            channels.add(channel);
        }

        @Override
        public void close() throws IOException {
            for (var channel : channels) {
                channel.close();
            }
        }
    }

    @Test
    void aSocketThatIsNotDispatchedIsAnErrorThatNamesThoseThatAre() {
        assertThatThrownBy(() -> worker.onConnection("https", connection -> {}))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("https")
                .hasMessageContaining("[http, local]");
        assertThat(worker.dispatchedSockets()).containsExactly("http", "local");
    }

    @Test
    void aDispatchedSocketHasNoListenerAndTheErrorTellsWhy() {
        assertThatThrownBy(() -> worker.listener("http"))
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("onConnection");
    }

    @Test
    void aSocketHasOneHandler() {
        // given
        worker.onConnection("http", connection -> {});

        // when
        assertThatThrownBy(() -> worker.onConnection("http", connection -> {}))
                // then
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("http");
    }

    @Test
    void readyWithoutAHandlerIsAnErrorThatNamesTheSocket() {
        // given
        worker.onConnection("http", connection -> {});

        // when
        assertThatThrownBy(worker::ready)
                // then
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("local")
                .hasMessageContaining("onConnection");
        worker.onConnection("local", connection -> {});
        worker.ready();
        master.awaitSaid("ready");
    }

    @Test
    void fromReadyOnTheProcessLivesUntilTheWorkerIsClosed() throws Exception {
        // given
        worker.onConnection("http", connection -> {});
        worker.onConnection("local", connection -> {});
        assertThat(serving()).isEmpty();

        // when
        worker.ready();
        worker.ready();

        // then
        assertThat(serving()).singleElement().matches(thread -> !thread.isDaemon());
        var thread = serving().getFirst();
        worker.close();
        thread.join(10_000);
        assertThat(thread.isAlive()).isFalse();
    }

    private static List<Thread> serving() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("drover-keep-alive"))
                .toList();
    }

    @Test
    void aConnectionThatComesBeforeItsHandlerIsRefused() throws IOException {
        try (var client = connect(tcp);
                var accepted = tcp.listener().accept().orElseThrow()) {
            // when
            long id = master.give("http", tcp.address(), accepted.fd());

            // then
            master.awaitSaid("refused " + id);
            assertThat(client.isConnected()).isTrue();
        }
    }

    /// A connection of each of these, made by the clients, to be given with one transfer. The descriptors are the
    /// caller's.
    private static List<Handle> accepted(Batch clients, Listening... listenings) throws IOException {
        var handles = new ArrayList<Handle>();
        for (var listening : listenings) {
            clients.add(connect(listening));
            var accepted = listening.listener().accept().orElseThrow();
            handles.add(new Handle(HandleKind.CONNECTION, listening.name(), listening.address(), 0, accepted.fd()));
        }
        return handles;
    }

    private static void close(List<Handle> handles) {
        handles.forEach(handle -> handle.descriptor().close());
    }

    @Test
    void allConnectionsOfATransferAreServed() throws IOException {
        // given
        worker.onConnection("http", connection -> connection.nettyChannel(loops, answerAndClose()));
        worker.onConnection("local", connection -> connection.nettyChannel(loops, answerAndClose()));
        try (var clients = new Batch()) {
            var handles = accepted(clients, tcp, unix, tcp, tcp);

            // when
            long id = master.give(handles);

            // then
            master.awaitSaid("acknowledged " + id);
            close(handles);
            for (var client : clients.channels) {
                assertThat(read(client)).isEqualTo(42);
                assertThat(read(client)).isEqualTo(-1);
            }
            master.awaitEnded(4);
        }
    }

    @Test
    void aTransferOfWhichNobodyTakesAPartIsRefusedWhole() throws IOException {
        // given
        worker.onConnection("http", connection -> connection.nettyChannel(loops, answerAndClose()));
        try (var clients = new Batch()) {
            var handles = accepted(clients, tcp, unix);

            // when
            long id = master.give(handles);

            // then: both are the master's still
            master.awaitSaid("refused " + id);
            for (var handle : handles) {
                handle.descriptor().write(ByteBuffer.wrap(new byte[] {7}));
            }
            close(handles);
            for (var client : clients.channels) {
                assertThat(read(client)).isEqualTo(7);
                assertThat(read(client)).isEqualTo(-1);
            }
        }
    }

    @Test
    void listenersThatNobodyTakesAreRefused() {
        // when
        long id = master.give(List.of(tcp.handle(), unix.handle()));

        // then
        master.awaitSaid("refused " + id);
    }

    @Test
    void connectionsAndListenersWithOneTransferAreRefused() throws IOException {
        // given
        var listeners = new AtomicInteger();
        worker.onListener(_ -> listeners.incrementAndGet());
        worker.onConnection("http", connection -> connection.nettyChannel(loops, answerAndClose()));
        try (var clients = new Batch()) {
            var connection = accepted(clients, tcp);

            for (var handles : List.of(
                    List.of(tcp.handle(), connection.getFirst()), List.of(connection.getFirst(), tcp.handle()))) {
                // when
                long id = master.give(handles);

                // then
                master.awaitSaid("refused " + id);
            }
            assertThat(listeners).hasValue(0);
            close(connection);
        }
    }

    @Test
    void aConnectionThatCrossesTheDrainIsRefused() throws Exception {
        // given
        var draining = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        worker.onConnection("http", connection -> connection.nettyChannel(loops, answerAndClose()));
        worker.onDrain(() -> {
            draining.countDown();
            await(done);
        });
        worker.drain();
        await(draining);
        master.awaitSaid("draining");
        try (var client = connect(tcp);
                var accepted = tcp.listener().accept().orElseThrow()) {
            // when
            long id = master.give("http", tcp.address(), accepted.fd());

            // then
            master.awaitSaid("refused " + id);
            assertThat(client.isConnected()).isTrue();
        }
        done.countDown();
        assertThat(end.await()).isEqualTo("exit 0");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /// Again and again, because the moment between the acknowledgement and the event loop is short.
    @Test
    void whatWasAcknowledgedBeforeTheDrainIsAnswered() throws Exception {
        // given: the event loop is busy when the connection is handed to it
        var drain = new HttpDrain(HttpLimits.defaults());
        var free = new CountDownLatch(1);
        worker.onConnection("http", connection -> connection.nettyChannel(loops, http(drain)));
        worker.onDrain(drain::drain);
        loops.execute(() -> await(free));
        try (var client = RawClient.connect(tcp.port())) {
            give(tcp);

            // when
            worker.drain();
            master.awaitSaid("draining");
            free.countDown();
            while (!drain.isDraining()) {
                Thread.onSpinWait();
            }

            // then
            var answer = client.get("/").answer();
            assertThat(answer.status()).isEqualTo(204);
            assertThat(answer.closes()).isTrue();
        }
        assertThat(end.await()).isEqualTo("exit 0");
    }

    private static ChannelInitializer<Channel> http(HttpDrain drain) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpServerCodec());
                drain.addTo(channel.pipeline());
                channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object message) {
                        if (message instanceof LastHttpContent) {
                            var answer =
                                    new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.NO_CONTENT);
                            HttpUtil.setContentLength(answer, 0);
                            var _ = context.writeAndFlush(answer);
                        }
                        ReferenceCountUtil.release(message);
                    }
                });
            }
        };
    }
}
