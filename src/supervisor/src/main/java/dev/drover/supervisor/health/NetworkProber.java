package dev.drover.supervisor.health;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks workers over the network, from loopback addresses, on one thread of its own that is started with the first
/// question. Any thread may ask; answers come on the prober's.
public final class NetworkProber implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkProber.class);

    /// Questions that wait to be begun: those of all pools at once are fewer.
    private static final int MAX_WAITING = 16_384;

    private static final int BUFFER_BYTES = 16 << 10;
    private static final int IPV6_BYTES = 16;
    private static final byte[] IPV4_LOOPBACK = {127, 0, 0, 1};

    private final LinkedBlockingQueue<Question> waiting = new LinkedBlockingQueue<>(MAX_WAITING);
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    /// Published by whoever asks first, or closes, to the others.
    private volatile @Nullable Selector selector;

    private volatile boolean closed;

    /// A question over a channel that is bound to its source and not connected yet. It is closed by who has opened it,
    /// after the answer.
    ///
    /// @param channel from [#bind]
    /// @param target to be connected to
    /// @param action what is asked
    /// @param timeout for all of it
    /// @param then gets the answer, once, on the prober's thread; it must not block
    public record Question(
            SocketChannel channel,
            InetSocketAddress target,
            ProbeAction action,
            Duration timeout,
            Consumer<ProbeResult> then) {}

    /// Where to reach a listener of this address from this machine.
    public static InetSocketAddress targetOf(InetSocketAddress listener) {
        var address = listener.getAddress();
        // The wildcard of both families: IPv4's loopback is there even where IPv6 is turned off.
        return address.isAnyLocalAddress() ? new InetSocketAddress(ipv4Loopback(), listener.getPort()) : listener;
    }

    private static InetAddress ipv4Loopback() {
        try {
            return InetAddress.getByAddress(IPV4_LOOPBACK);
        } catch (IOException impossible) {
            throw new AssertionError("four bytes are an address", impossible);
        }
    }

    private static InetAddress loopbackFor(InetAddress target) {
        if (target.getAddress().length != IPV6_BYTES) {
            return ipv4Loopback();
        }
        var bytes = new byte[IPV6_BYTES];
        bytes[IPV6_BYTES - 1] = 1;
        try {
            return InetAddress.getByAddress(bytes);
        } catch (IOException impossible) {
            throw new AssertionError("sixteen bytes are an address", impossible);
        }
    }

    /// A channel with a source port of its own on the loopback address of the target's family.
    public static SocketChannel bind(InetSocketAddress target) throws IOException {
        var source = loopbackFor(target.getAddress());
        var family =
                source.getAddress().length == IPV6_BYTES ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
        var channel = SocketChannel.open(family);
        try {
            channel.configureBlocking(false);
            // Ports of connections that have just ended can be used again, and what ends with a reset leaves none.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.bind(new InetSocketAddress(source, 0));
            return channel;
        } catch (IOException | RuntimeException failure) {
            channel.close();
            throw failure;
        }
    }

    /// Asks them all.
    public void ask(List<Question> questions) {
        for (var question : questions) {
            if (closed || !waiting.offer(question)) {
                question.then().accept(new ProbeResult.Unknown());
            }
        }
        wake();
    }

    private synchronized void wake() {
        try {
            var open = selector;
            if (open == null && !closed) {
                open = Selector.open();
                selector = open;
                var working = open;
                Thread.ofPlatform().name("drover-probe").daemon(true).start(() -> run(working));
            }
            if (open != null) {
                open.wakeup();
            }
        } catch (IOException failure) {
            LOG.error("Workers cannot be probed: {}", failure.getMessage());
            drain();
        }
    }

    /// Nobody is going to answer them.
    private void drain() {
        for (var question = waiting.poll(); question != null; question = waiting.poll()) {
            question.then().accept(new ProbeResult.Unknown());
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        wake();
    }

    /// A question that was begun. Belongs to the prober's thread.
    private static final class Open {
        private final Question question;
        private final Dialogue dialogue;
        private final ByteBuffer out;
        private final long deadlineNanos;
        private boolean connected;
        private boolean decided;

        Open(Question question, long nowNanos) {
            this.question = question;
            this.dialogue = dialogue(question.action(), question.target().getPort());
            this.out = ByteBuffer.wrap(dialogue.question());
            this.deadlineNanos = nowNanos + question.timeout().toNanos();
        }

        private static Dialogue dialogue(ProbeAction action, int port) {
            return switch (action) {
                case ProbeAction.HttpGet get -> new HttpDialogue(get, port);
                case ProbeAction.TcpSocket _ -> new Dialogue.Connected();
                case ProbeAction.Grpc(var _, var service) -> new GrpcDialogue(service, port);
                case ProbeAction.Exec _ ->
                    throw new IllegalArgumentException("a command is not asked over the network");
                case ProbeAction.Session() -> throw new IllegalArgumentException("a session is not asked at all");
            };
        }
    }

    private void run(Selector working) {
        var open = new ArrayList<Open>();
        try (working) {
            while (!closed) {
                begin(working, open);
                working.select(this::ready, untilNext(open));
                long now = System.nanoTime();
                for (var question : open) {
                    if (!question.decided && now - question.deadlineNanos >= 0) {
                        decide(working, question, new ProbeResult.Failed(timeout(question)));
                    }
                }
                open.removeIf(question -> question.decided);
            }
        } catch (IOException | RuntimeException failure) {
            LOG.error("Workers are not probed any more", failure);
        } finally {
            closed = true;
            open.forEach(question -> question.question.then().accept(new ProbeResult.Unknown()));
            drain();
        }
    }

    private static String timeout(Open open) {
        return (open.connected ? "no answer within " : "no connection within ")
                + open.question.timeout().toSeconds() + " s";
    }

    private static long untilNext(List<Open> open) {
        long now = System.nanoTime();
        long soonest =
                open.stream().mapToLong(it -> it.deadlineNanos - now).min().orElse(Long.MAX_VALUE);
        // 0 would mean to wait for ever.
        return soonest == Long.MAX_VALUE ? 0 : Math.max(1, Math.ceilDiv(soonest, 1_000_000));
    }

    private void begin(Selector working, List<Open> open) {
        for (var question = waiting.poll(); question != null; question = waiting.poll()) {
            var begun = new Open(question, System.nanoTime());
            open.add(begun);
            try {
                var channel = question.channel();
                var key = channel.register(working, SelectionKey.OP_CONNECT, begun);
                if (channel.connect(question.target())) {
                    connected(key, begun);
                }
            } catch (IOException | RuntimeException failure) {
                decide(working, begun, new ProbeResult.Failed(words(failure)));
            }
        }
    }

    private void ready(SelectionKey key) {
        var open = (Open) key.attachment();
        try {
            if (!open.connected) {
                if (!open.question.channel().finishConnect()) {
                    return;
                }
                connected(key, open);
            } else if (key.isWritable()) {
                send(key, open);
            } else {
                read(open).ifPresent(result -> decide(key.selector(), open, result));
            }
        } catch (CancelledKeyException gone) {
            decide(key.selector(), open, new ProbeResult.Unknown());
        } catch (IOException | RuntimeException failure) {
            decide(key.selector(), open, new ProbeResult.Failed(words(failure)));
        }
    }

    private static void connected(SelectionKey key, Open open) throws IOException {
        open.connected = true;
        if (open.out.hasRemaining()) {
            send(key, open);
        } else {
            // The worker finds the end of the stream rather than a reset, if it looks soon.
            open.question.channel().shutdownOutput();
            decide(key.selector(), open, Dialogue.PASSED);
        }
    }

    private static void send(SelectionKey key, Open open) throws IOException {
        open.question.channel().write(open.out);
        key.interestOps(open.out.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private Optional<ProbeResult> read(Open open) throws IOException {
        while (true) {
            buffer.clear();
            int length = open.question.channel().read(buffer);
            if (length <= 0) {
                return length < 0 ? Optional.of(open.dialogue.ended()) : Optional.empty();
            }
            var result = open.dialogue.received(buffer.flip());
            if (result.isPresent()) {
                return result;
            }
        }
    }

    /// The channel leaves the selector before who has opened it may close it.
    private static void decide(Selector working, Open open, ProbeResult result) {
        if (open.decided) {
            return;
        }
        open.decided = true;
        var key = open.question.channel().keyFor(working);
        if (key != null) {
            key.cancel();
        }
        open.question.then().accept(result);
    }

    private static String words(Exception failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
