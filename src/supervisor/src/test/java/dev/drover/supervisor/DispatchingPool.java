package dev.drover.supervisor;

import static java.util.Objects.requireNonNull;

import dev.drover.handoff.Gatekeeper;
import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.HandleServer;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.PeerEvents;
import dev.drover.handoff.Verdict;
import dev.drover.posix.PeerCredentials;
import dev.drover.supervisor.dispatch.DispatchLimits;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.fixtures.Await;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A loop, a handle socket and the dispatching of one pool; its workers are whoever joins, and their deaths are
/// told by hand.
final class DispatchingPool implements AutoCloseable {
    private static final Duration BOUND = Duration.ofSeconds(20);

    private final Loop loop = new Loop();
    private final Path socket;
    private final DispatchLimits limits;
    private final List<SocketSpec> specs;
    private final AtomicLong transfers = new AtomicLong();
    private final BlockingQueue<Incarnation> hung = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> unwilling = new LinkedBlockingQueue<>();

    // The loop's.
    private final Map<Incarnation, HandlePeer> peers = new HashMap<>();
    private final Set<Incarnation> ready = new LinkedHashSet<>();
    private final List<PoolSocket> sockets = new ArrayList<>();
    private @Nullable HandleServer server;
    private @Nullable PoolDispatch dispatch;

    DispatchingPool(Path socket, DispatchLimits limits, SocketSpec... specs) {
        this.socket = socket;
        this.limits = limits;
        this.specs = List.of(specs);
        loop.start();
        ask(this::begin);
    }

    private boolean begin() {
        specs.forEach(spec -> sockets.add(PoolSocket.open(spec, 1)));
        server = new HandleServer(socket, loop.poller(), loop::nanoTime, new Doorman());
        dispatch = new PoolDispatch(
                loop,
                transfers::incrementAndGet,
                limits,
                "web",
                sockets,
                hung::add,
                (worker, names, why) -> unwilling.add(worker + " " + names));
        return true;
    }

    <T> T ask(Callable<T> question) {
        return loop.ask(question, BOUND);
    }

    Path handles() {
        return socket;
    }

    SocketAddress address(int number) {
        return ask(() -> sockets.get(number).address());
    }

    PoolDispatch dispatch() {
        return requireNonNull(dispatch);
    }

    /// Adds a socket while it runs; its number.
    int add(SocketSpec spec) {
        return ask(() -> {
            var opened = PoolSocket.open(spec, 1);
            sockets.add(opened);
            dispatch().add(opened);
            return sockets.size() - 1;
        });
    }

    /// Removes a socket once nothing of it is under way.
    void remove(int number) {
        Await.until(() -> ask(() -> dispatch().quiet(sockets.get(number))), () -> "not quiet");
        ask(() -> {
            dispatch().remove(sockets.get(number));
            sockets.get(number).close();
            return true;
        });
    }

    /// Who does not take the connections of a socket that came later.
    List<String> unwilling() {
        return List.copyOf(unwilling);
    }

    /// Connections in the master's hands.
    int inHand() {
        return ask(() -> dispatch().inHand());
    }

    boolean isReady(Incarnation worker) {
        return ask(() -> ready.contains(worker));
    }

    int queued() {
        return ask(() -> sockets.getFirst().queued(0));
    }

    /// Waits for a worker to be found hung.
    Incarnation awaitHung() throws InterruptedException {
        return requireNonNull(hung.poll(BOUND.toSeconds(), java.util.concurrent.TimeUnit.SECONDS));
    }

    List<String> problems() {
        return List.copyOf(problems);
    }

    /// A worker's process has ended, as a supervisor learns of it.
    void gone(Incarnation worker) {
        ask(() -> {
            var peer = peers.remove(worker);
            if (peer != null) {
                peer.readToEnd();
            }
            ready.remove(worker);
            dispatch().ready(ready);
            dispatch().gone(worker);
            return true;
        });
    }

    @Override
    public void close() {
        ask(() -> {
            dispatch().close();
            sockets.forEach(PoolSocket::close);
            requireNonNull(server).close();
            loop.end();
            return true;
        });
        try {
            if (!loop.awaitEnd(BOUND)) {
                throw new AssertionError("the loop does not end");
            }
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private final class Doorman implements Gatekeeper {
        @Override
        public Verdict admit(JoinRequest request) {
            var worker = new Incarnation(WorkerId.parse(request.worker()).orElseThrow(), request.incarnation());
            var names = specs.stream().map(SocketSpec::name).toList();
            return new Verdict.Admitted(
                    "web", "ticket", transfers.incrementAndGet(), List.of(), names, new Voice(worker));
        }

        @Override
        public void refused(String why, PeerCredentials peer) {
            problems.add(why);
        }
    }

    private final class Voice implements PeerEvents {
        private final Incarnation worker;

        Voice(Incarnation worker) {
            this.worker = worker;
        }

        @Override
        public void joined(HandlePeer peer) {
            peers.put(worker, peer);
            dispatch().joined(worker, peer);
        }

        @Override
        public void acknowledged(long transferId) {
            dispatch().acknowledged(worker, transferId);
        }

        @Override
        public void refused(long transferId, String message) {
            dispatch().refused(worker, transferId, message);
        }

        @Override
        public void ready() {
            ready.add(worker);
            dispatch().ready(ready);
        }

        @Override
        public void draining() {
            ready.remove(worker);
            dispatch().ready(ready);
        }

        @Override
        public void connectionsEnded(int count) {
            dispatch().connectionsEnded(worker, count);
        }

        @Override
        public void closed(String why) {
            peers.remove(worker);
            dispatch().left(worker);
        }
    }
}
