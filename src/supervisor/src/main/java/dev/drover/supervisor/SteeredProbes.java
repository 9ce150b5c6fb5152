package dev.drover.supervisor;

import dev.drover.supervisor.health.NetworkProber;
import dev.drover.supervisor.health.ProbeAction;
import dev.drover.supervisor.health.ProbeResult;
import dev.drover.supervisor.socket.PoolSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the workers of one pool over its sharded sockets, each through its own shard: a connection from the source port
/// of a question is steered to the shard it is for. Belongs to the loop.
///
/// A source port is steered before it is connected from, and is closed only when it is steered no more: no other
/// program of this machine that comes to use it can be led to a worker that is not ready.
final class SteeredProbes {
    private static final Logger LOG = LoggerFactory.getLogger(SteeredProbes.class);

    /// Questions at once over one socket: a table holds 200, and those that have just ended are in it too.
    static final int MAX_AT_ONCE = 100;

    /// How often a source port is chosen anew that another question has.
    private static final int MAX_CHOICES = 4;

    private final Loop loop;
    private final NetworkProber prober;
    private final Map<PoolSocket, Lines> lines = new HashMap<>();
    private boolean closed;

    /// Of one socket.
    private static final class Lines {
        /// Which source port leads to which shard: of what is asked, and of what has ended since the last table.
        private final Map<Integer, Integer> shards = new HashMap<>();

        private final List<NetworkProber.Question> fresh = new ArrayList<>();
        private final Map<Integer, SocketChannel> ended = new HashMap<>();
        private int asking;
    }

    SteeredProbes(Loop loop, NetworkProber prober) {
        this.loop = loop;
        this.prober = prober;
    }

    /// Prepares a question; it is asked with the next [#flush].
    ///
    /// @param then gets the answer on the loop, never within this call
    /// @return false when too many are asked: try again later
    boolean ask(PoolSocket socket, int shard, ProbeAction action, Duration timeout, Consumer<ProbeResult> then) {
        var line = lines.computeIfAbsent(socket, _ -> new Lines());
        if (line.asking >= MAX_AT_ONCE || line.shards.size() >= 2 * MAX_AT_ONCE) {
            return false;
        }
        var target = NetworkProber.targetOf((InetSocketAddress) socket.address());
        try {
            var channel = bind(target, line.shards.keySet());
            int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
            line.shards.put(port, shard);
            line.asking++;
            line.fresh.add(new NetworkProber.Question(
                    channel,
                    target,
                    action,
                    timeout,
                    result -> answered(line, port, channel, () -> then.accept(result))));
        } catch (IOException failure) {
            // No descriptor, or no port: it says nothing of the worker.
            LOG.warn("Probe not asked socket={}: {}", socket.spec().name(), failure.getMessage());
            loop.post(() -> then.accept(new ProbeResult.Unknown()));
        }
        return true;
    }

    /// On the prober's thread, or on the loop.
    private void answered(Lines line, int port, SocketChannel channel, Runnable then) {
        boolean posted = loop.post(() -> {
            line.asking--;
            if (closed) {
                close(channel);
            } else {
                line.ended.put(port, channel);
                then.run();
            }
        });
        if (!posted) {
            close(channel);
        }
    }

    private static SocketChannel bind(InetSocketAddress target, Set<Integer> taken) throws IOException {
        for (int i = 0; i < MAX_CHOICES; i++) {
            var channel = NetworkProber.bind(target);
            if (!taken.contains(((InetSocketAddress) channel.getLocalAddress()).getPort())) {
                return channel;
            }
            channel.close();
        }
        throw new IOException("no source port is free");
    }

    /// Steers what was prepared and asks it, and ends what was answered.
    void flush() {
        for (var socket : List.copyOf(lines.keySet())) {
            var line = lines.get(socket);
            if (line != null && !(line.fresh.isEmpty() && line.ended.isEmpty())) {
                flush(socket, line);
            }
        }
    }

    private void flush(PoolSocket socket, Lines line) {
        var ended = new HashSet<>(line.ended.keySet());
        line.shards.keySet().removeAll(ended);
        var fresh = List.copyOf(line.fresh);
        line.fresh.clear();
        try {
            socket.probe(line.shards);
            prober.ask(fresh);
        } catch (RuntimeException failure) {
            LOG.warn("Probes not steered socket={}: {}", socket.spec().name(), failure.getMessage());
            fresh.forEach(question -> question.then().accept(new ProbeResult.Unknown()));
        }
        line.ended.values().forEach(SteeredProbes::close);
        line.ended.clear();
        if (line.shards.isEmpty()) {
            lines.remove(socket);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failure) {
            LOG.debug("Probe not closed: {}", failure.getMessage());
        }
    }

    /// Whether something was answered and is not ended yet.
    boolean hasEnded() {
        return lines.values().stream().anyMatch(line -> !line.ended.isEmpty());
    }

    /// Ends all that was answered; what is still asked is ended by its answer, which comes to nobody.
    void close() {
        closed = true;
        for (var line : lines.values()) {
            line.fresh.forEach(question -> close(question.channel()));
            line.fresh.clear();
            line.ended.values().forEach(SteeredProbes::close);
            line.ended.clear();
        }
    }
}
