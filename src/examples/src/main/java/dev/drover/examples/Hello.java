package dev.drover.examples;

import dev.drover.handoff.HandoffException;
import dev.drover.session.Load;
import dev.drover.worker.HttpDrain;
import dev.drover.worker.HttpLimits;
import dev.drover.worker.Worker;
import dev.drover.worker.WorkerException;
import dev.drover.worker.WorkerListener;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The default pool's worker, and the target of load tests: `GET /?id=X` answers `ok X PID`, without an id a
/// greeting.
///
/// Started by a master it serves every listener it is given, also while it runs, and every Dispatched socket. With
/// `--port N` it needs none and listens by itself, which shows what Drover costs beside it.
public final class Hello {
    private static final int BACKLOG = 4096;
    private static final int USAGE = 2;
    private static final int FAILED = 1;

    private final HelloSettings settings;
    private final EventLoopGroup loops;
    private final HttpDrain drain = new HttpDrain(HttpLimits.defaults());

    private Hello(HelloSettings settings) {
        this.settings = settings;
        this.loops = new EpollEventLoopGroup(settings.threads());
    }

    /// Serves until the process is told to stop. Exits with 2 for wrong arguments, 1 when it cannot start.
    public static void main(String[] arguments) {
        try {
            var settings = HelloSettings.of(List.of(arguments), System.getenv());
            if (settings.port().isPresent()) {
                new Hello(settings).serveAlone(settings.port().getAsInt());
            } else {
                loadNetty();
                var worker = Worker.join();
                new Hello(settings).serve(worker);
            }
        } catch (IllegalArgumentException wrong) {
            fail(USAGE, wrong);
        } catch (WorkerException | HandoffException failure) {
            fail(FAILED, failure);
        } catch (RuntimeException bug) {
            bug.printStackTrace();
            System.exit(FAILED);
        }
    }

    /// Netty's classes and native library take as long to load as a join takes: both at once, on two threads.
    private static void loadNetty() {
        // Otherwise the first channel looks at every network interface for a number, 30 ms, to be unique among
        // machines.
        if (System.getProperty("io.netty.machineId") == null) {
            System.setProperty("io.netty.machineId", "00:00:00:00:00:00:00:01");
        }
        Thread.ofPlatform().daemon().name("hello-netty").start(Epoll::isAvailable);
    }

    private static void fail(int status, RuntimeException failure) {
        System.err.println("hello: " + failure.getMessage());
        System.exit(status);
    }

    private void serve(Worker worker) {
        worker.onListener(added -> adopt(added, worker));
        worker.onDrain(drain::drain);
        worker.receiveBy(loops);
        worker.heartbeatBy(loops);
        worker.reportLoad(() -> new Load(drain.connections(), drain.inFlight(), drain.answered()));
        pretendToStart(settings.startupDelay());
        open(worker);
    }

    private void pretendToStart(Duration time) {
        if (time.isPositive()) {
            loops.schedule(() -> {}, time.toNanos(), TimeUnit.NANOSECONDS).syncUninterruptibly();
        }
    }

    private void open(Worker worker) {
        var identity = Identity.of(worker.name(), ProcessHandle.current().pid());
        for (var listener : worker.listeners()) {
            check(bootstrap(listener.nettyChannelFactory(), identity).register(), listener.toString());
        }
        var initializer = initializer(identity);
        worker.onConnection(connection -> connection.nettyChannel(loops, initializer));
        if (settings.becomesReady()) {
            worker.ready();
        }
    }

    /// On the thread that receives, which must not wait.
    private void adopt(WorkerListener added, Worker worker) {
        var identity = Identity.of(worker.name(), ProcessHandle.current().pid());
        var _ = bootstrap(added.nettyChannelFactory(), identity).register().addListener(opened -> {
            if (!opened.isSuccess()) {
                System.err.println("hello: cannot serve " + added + ": " + opened.cause());
            }
        });
    }

    private void serveAlone(int port) {
        var identity = Identity.of("hello", ProcessHandle.current().pid());
        var channel = bootstrap(EpollServerSocketChannel::new, identity).bind(port);
        check(channel, "port " + port);
        System.out.println("Listening at " + channel.channel().localAddress());
    }

    private static void check(ChannelFuture opened, String what) {
        opened.awaitUninterruptibly();
        var cause = opened.cause();
        if (cause != null) {
            throw new IllegalStateException("cannot serve " + what + ": " + cause.getMessage(), cause);
        }
    }

    private ServerBootstrap bootstrap(ChannelFactory<? extends ServerChannel> factory, Identity identity) {
        return new ServerBootstrap()
                .group(loops)
                .channelFactory(factory)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .handler(drain.listenerHandler())
                .childHandler(initializer(identity));
    }

    private ChannelInitializer<Channel> initializer(Identity identity) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                channel.pipeline().addLast(new HttpServerCodec());
                drain.addTo(channel.pipeline());
                channel.pipeline().addLast(new HelloHandler(identity));
            }
        };
    }
}
