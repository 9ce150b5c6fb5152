package dev.drover.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.drover.worker.fixtures.FakeMaster;
import dev.drover.worker.fixtures.Listening;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.epoll.EpollEventLoopGroup;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
class WorkerTest {
    @TempDir
    Path directory;

    private Listening tcp;
    private Listening unix;
    private FakeMaster master;
    private Worker worker;
    private final FakeProcessEnd end = new FakeProcessEnd();

    @BeforeEach
    void join() {
        tcp = Listening.tcp("http");
        unix = Listening.unix("local", directory.resolve("app.sock"));
        master = new FakeMaster(directory, List.of(tcp.handle(), unix.handle()));
        worker = Worker.join(master.environment(), end);
    }

    @AfterEach
    void close() {
        worker.close();
        master.close();
        unix.close();
        tcp.close();
    }

    @Test
    void itKnowsItsNameAndItsListenersAndHasAcknowledgedThem() {
        // then
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        assertThat(worker.name()).isEqualTo("web-0");
        assertThat(worker.pool()).isEqualTo("web");
        assertThat(worker.ordinal()).isZero();
        assertThat(worker.incarnation()).isEqualTo(1);
        assertThat(worker.listeners()).extracting(WorkerListener::socketName).containsExactly("http", "local");
        assertThat(worker.listener("http").address()).isEqualTo(tcp.address());
        assertThat(worker.listener("local").address()).isEqualTo(unix.address());
    }

    @Test
    void aListenerThePoolDoesNotHaveIsAnErrorThatNamesThoseItHas() {
        // when
        assertThatThrownBy(() -> worker.listener("https"))
                // then
                .isInstanceOf(WorkerException.class)
                .hasMessageContaining("https")
                .hasMessageContaining("[http, local]");
    }

    @Test
    void aListenerIsTakenOnce() {
        // given
        worker.listener("http").nettyChannelFactory();

        // when
        assertThatThrownBy(worker.listener("http")::serverSocketChannel)
                // then
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("taken before");
    }

    @Test
    void aTcpListenerServesAsAChannelOfTheJdk() throws IOException {
        servesByTheJdk(worker.listener("http"));
    }

    @Test
    void aUnixListenerServesAsAChannelOfTheJdk() throws IOException {
        servesByTheJdk(worker.listener("local"));
    }

    /// Twice, because a blocking listener once hung on the second accept.
    private static void servesByTheJdk(WorkerListener listener) throws IOException {
        // given
        try (var server = listener.serverSocketChannel()) {
            assertThat(server.getLocalAddress()).isEqualTo(listener.address());
            for (int i = 0; i < 2; i++) {
                // when
                try (var client = connect(listener);
                        var accepted = server.accept()) {
                    accepted.write(ByteBuffer.wrap(new byte[] {42}));

                    // then
                    assertThat(read(client)).isEqualTo(42);
                }
            }
        }
    }

    @Test
    void aTcpListenerServesByNetty() throws IOException {
        servesByNetty(worker, worker.listener("http"));
    }

    @Test
    void aUnixListenerServesByNetty() throws IOException {
        servesByNetty(worker, worker.listener("local"));
    }

    private static void servesByNetty(Worker worker, WorkerListener listener) throws IOException {
        // given
        var loops = new EpollEventLoopGroup(1);
        try {
            serve(loops, listener);

            // when
            try (var client = connect(listener)) {
                client.configureBlocking(false);
                loops.submit(() -> {}).syncUninterruptibly();
                assertThat(client.read(ByteBuffer.allocate(1)))
                        .as("nothing is accepted before the worker is ready")
                        .isZero();
                client.configureBlocking(true);
                worker.ready();

                // then
                assertThat(read(client)).isEqualTo(42);
            }
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    /// Each connection is told 42.
    private static Channel serve(EpollEventLoopGroup loops, WorkerListener listener) {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(listener.nettyChannelFactory())
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelActive(ChannelHandlerContext context) {
                                var _ = context.writeAndFlush(
                                        context.alloc().buffer(1).writeByte(42));
                            }
                        });
                    }
                })
                .register()
                .syncUninterruptibly()
                .channel();
    }

    private static SocketChannel connect(WorkerListener listener) throws IOException {
        var channel = listener.address() instanceof UnixDomainSocketAddress
                ? SelectorProvider.provider().openSocketChannel(StandardProtocolFamily.UNIX)
                : SocketChannel.open();
        channel.connect(listener.address());
        return channel;
    }

    private static int read(SocketChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(1);
        assertThat(channel.read(buffer)).isOne();
        return buffer.get(0);
    }

    @Test
    void aListenerThatIsWantedBackIsClosedWhoeverHasTakenIt() throws IOException {
        // given
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        var loops = new EpollEventLoopGroup(1);
        try (var jdk = worker.listener("local").serverSocketChannel()) {
            var netty = serve(loops, worker.listener("http"));
            worker.ready();
            master.awaitSaid("ready");

            // when
            long first = master.withdraw("local", unix.address());
            master.awaitSaid("acknowledged " + first);
            long second = master.withdraw("http", tcp.address());
            master.awaitSaid("acknowledged " + second);

            // then
            assertThat(jdk.isOpen()).isFalse();
            assertThat(netty.isOpen()).isFalse();
            master.awaitSaid("acknowledged " + master.withdraw("http", tcp.address()));
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void whatWaitsInAListenerThatIsWantedBackIsServed() throws IOException {
        // given
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        worker.ready();
        master.awaitSaid("ready");
        var loops = new EpollEventLoopGroup(1);
        try (var client = connect(worker.listener("http"))) {
            serve(loops, worker.listener("http"));

            // when
            long id = master.withdraw("http", tcp.address());

            // then
            master.awaitSaid("acknowledged " + id);
            assertThat(read(client)).isEqualTo(42);
        } finally {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        }
    }

    @Test
    void aListenerThatNobodyHasTakenIsGivenBackToo() {
        // given
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        var factory = worker.listener("http").nettyChannelFactory();

        // when
        long made = master.withdraw("http", tcp.address());
        long taken = master.withdraw("local", unix.address());

        // then
        master.awaitSaid("acknowledged " + made);
        master.awaitSaid("acknowledged " + taken);
        assertThatThrownBy(factory::newChannel).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(worker.listener("local")::nettyChannelFactory).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aListenerThatCameWhileItRanIsGivenBack() {
        // given
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");
        try (var late = Listening.tcp("admin")) {
            var taken = new LinkedBlockingQueue<WorkerListener>();
            worker.onListener(taken::add);
            master.awaitSaid("acknowledged " + master.give(List.of(late.handle())));

            // when
            long id = master.withdraw("admin", late.address());

            // then
            master.awaitSaid("acknowledged " + id);
            assertThat(taken)
                    .singleElement()
                    .satisfies(listener -> assertThatThrownBy(listener::nettyChannelFactory)
                            .isInstanceOf(IllegalStateException.class));
        }
    }

    @Test
    void itTellsTheMasterWhenItIsReadyAndWhenItDrains() throws InterruptedException {
        // given
        master.awaitSaid("joined");
        master.awaitSaid("acknowledged 1");

        // when
        worker.ready();
        worker.drain();

        // then
        master.awaitSaid("ready");
        master.awaitSaid("draining");
        assertThat(end.await()).isEqualTo("exit 0");
    }

    @Test
    void itDrainsWhenTheMasterIsGone() throws InterruptedException {
        // given
        var drained = new CountDownLatch(1);
        worker.onDrain(drained::countDown);

        // when
        master.close();

        // then
        assertThat(drained.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(end.await()).endsWith(" 0");
    }

    @Test
    void closingItIsNoDrainAndTheListenersStayTheMasters() throws IOException {
        // given
        worker.onDrain(() -> {
            throw new AssertionError("a drain");
        });

        // when
        worker.close();

        // then
        try (var waiting = SocketChannel.open(tcp.address());
                var accepted = tcp.listener().accept().orElseThrow()) {
            assertThat(waiting.isConnected()).isTrue();
            assertThat(Objects.requireNonNull(accepted)).isNotNull();
        }
    }
}
