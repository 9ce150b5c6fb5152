package dev.drover.supervisor;

import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.JoinRefusal;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.PeerEvents;
import dev.drover.handoff.Verdict;
import dev.drover.session.SessionVerdict;
import dev.drover.supervisor.dispatch.DispatchLimits;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.socket.PoolSocket;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What goes to and fro between one pool and its workers: who joins, what they say, and the handles they are given.
/// Belongs to the loop.
final class WorkerChannels {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerChannels.class);

    /// A worker closes its handle socket when it dies; one that is alive after this has broken the contract.
    private static final Duration CHANNEL_LOST_BOUND = Duration.ofSeconds(2);

    /// How long the last words of a killed process are waited for that was not the forked one itself.
    static final Duration LAST_WORDS_BOUND = Duration.ofSeconds(2);

    private static final String HUNG = "no acknowledgement of a connection within "
            + DispatchLimits.DEFAULT.acknowledgement().toSeconds() + " s";

    /// Learns what comes of them.
    interface Owner {
        /// Something that the core must know.
        void happened(WorkerProcess process, Life.Event event);

        /// A session has been opened: it is to be told who is ready.
        void online();

        /// Something that only who looks must know.
        void changed();

        /// It does not do as it must: another is to take its place.
        ///
        /// @param lacks the sockets of its pool that it has not taken
        void unwilling(Incarnation incarnation, List<String> lacks, String why);
    }

    private final Services services;
    private final String pool;
    private final PoolSockets sockets;
    private final Map<Incarnation, WorkerProcess> processes;
    private final Owner owner;
    private final PoolDispatch dispatch;
    private final PassedHandles passed;
    private final ListenerTransfers transfers;

    /// Connections of those that are dead, or about to be, with something to be heard.
    private final Map<Incarnation, HandlePeer> lastWords = new HashMap<>();

    /// @param sockets of the pool; not owned
    /// @param processes those that live or are being made; kept by the owner
    WorkerChannels(
            Services services,
            String pool,
            PoolSockets sockets,
            Map<Incarnation, WorkerProcess> processes,
            Owner owner) {
        this.services = services;
        this.pool = pool;
        this.sockets = sockets;
        this.processes = processes;
        this.owner = owner;
        this.passed = new PassedHandles(services.loop(), this::hung);
        this.transfers = new ListenerTransfers(services.loop(), owner::unwilling);
        this.dispatch = new PoolDispatch(
                services.loop(),
                services::newTransferId,
                DispatchLimits.DEFAULT,
                pool,
                sockets.dispatched(),
                this::hung,
                owner::unwilling);
    }

    /// Whether no connection is under way to a worker any more.
    boolean quiet() {
        return dispatch.quiet();
    }

    /// Whether no connection of that socket is under way to a worker any more.
    boolean quiet(PoolSocket socket) {
        return socket.quiet() && dispatch.quiet(socket) && socket.quiet();
    }

    /// Connections that were accepted and that nobody has taken.
    int inHand() {
        return dispatch.inHand();
    }

    /// Connections that wait in a dispatched socket.
    int waiting(String socket) {
        return dispatch.waiting(socket);
    }

    /// What became of the connections of each dispatched socket.
    Map<String, Measures.Handovers> handovers() {
        return dispatch.handovers();
    }

    /// Says who gets connections from now on. Must be called before anybody else is told to stop.
    void ready(Supplier<List<Incarnation>> ready) {
        if (!dispatch.isEmpty()) {
            dispatch.ready(ready.get());
        }
    }

    /// Gives up what is in hand.
    void close() {
        dispatch.close();
        passed.close();
        transfers.close();
    }

    /// Passes something to the newest incarnation that has joined.
    void pass(Forked.Pass pass) {
        var receiver = processes.values().stream()
                .filter(process -> process.peer().isPresent())
                .max(Comparator.comparingInt(process -> process.incarnation().number()));
        if (receiver.isEmpty()) {
            pass.fail("cannot pass " + pass.handle().socketName() + " to " + pool + ": it has left");
            return;
        }
        var process = receiver.get();
        passed.pass(process.incarnation(), process.peer().orElseThrow(), services.newTransferId(), pass);
    }

    /// Gives further sockets to the workers that have joined; those that come later get them when they join.
    ///
    /// @param wanted whether one is to serve on: who is on its way out needs no socket more
    void give(List<PoolSocket> added, Predicate<Incarnation> wanted) {
        added.stream().filter(socket -> socket.spec().isDispatched()).forEach(dispatch::add);
        for (var process : joined()) {
            if (!wanted.test(process.incarnation())) {
                continue;
            }
            var handles = PoolSockets.handles(added, process.shard());
            if (!handles.isEmpty()) {
                var peer = process.peer().orElseThrow();
                transfers.give(process.incarnation(), peer, services.newTransferId(), handles);
            }
        }
    }

    /// Takes a socket back from the workers that have joined.
    ///
    /// @param then runs when each has let go, or is to be replaced because it has not
    void withdraw(PoolSocket socket, Runnable then) {
        if (socket.spec().isDispatched()) {
            // No worker has it.
            dispatch.remove(socket);
            then.run();
            return;
        }
        var joined = joined();
        var left = new AtomicInteger(joined.size() + 1);
        Runnable one = () -> {
            if (left.decrementAndGet() == 0) {
                then.run();
            }
        };
        for (var process : joined) {
            transfers.withdraw(
                    process.incarnation(),
                    process.peer().orElseThrow(),
                    services.newTransferId(),
                    socket.spec().name(),
                    socket.address(),
                    one);
        }
        one.run();
    }

    private List<WorkerProcess> joined() {
        return processes.values().stream()
                .filter(process -> process.peer().isPresent())
                .toList();
    }

    /// It lives and does not acknowledge: to give its connections to others now could have two answer one.
    private void hung(Incarnation incarnation) {
        LOG.warn("Worker hung worker={}: {}; it is killed, then others get its connections", incarnation, HUNG);
        Optional.ofNullable(processes.get(incarnation)).ifPresent(process -> {
            process.toBeKilled(HUNG);
            owner.happened(process, new Life.Event.KillOrdered());
        });
    }

    /// What it had not acknowledged goes to others once all that it had said is heard. The forked process is dead;
    /// one that it had started and that has joined in its place was killed just now, and may still be about to die.
    void ended(WorkerProcess process) {
        process.ticket().ifPresent(services.tickets()::withdraw);
        var incarnation = process.incarnation();
        var peer = process.peer();
        if (peer.isPresent()) {
            process.left();
            lastWords.put(incarnation, peer.get());
            services.loop().after(LAST_WORDS_BOUND, peer.get()::readToEnd);
        } else if (process.joinedItself() || dispatch.isEmpty()) {
            gone(incarnation);
        } else {
            services.loop().after(LAST_WORDS_BOUND, () -> gone(incarnation));
        }
    }

    private void gone(Incarnation incarnation) {
        dispatch.gone(incarnation);
        passed.gone(incarnation);
        transfers.gone(incarnation);
    }

    /// How it is heard over a socket of its own.
    NotifySocket.Listener voice(WorkerProcess process) {
        return new WorkerVoice(process);
    }

    /// Whether the peer may join, and what it gets.
    Verdict admit(JoinRequest request, Incarnation incarnation) {
        var process = Optional.ofNullable(processes.get(incarnation));
        if (process.isEmpty() || process.get().template().protocol() != Template.Protocol.DROVER) {
            return new Verdict.Refused(JoinRefusal.NOT_EXPECTED, Services.NOT_EXPECTED);
        }
        var refused = process.get().check(request);
        if (refused.isPresent()) {
            return refused.get();
        }
        return new Verdict.Admitted(
                pool,
                newTicket(process.get()),
                services.newTransferId(),
                sockets.handles(process.get().shard()),
                sockets.dispatchedNames(),
                new WorkerVoice(process.get()));
    }

    private String newTicket(WorkerProcess process) {
        var ticket = services.newSecret();
        var id = process.incarnation();
        var measured = new ReportedMetrics(services.metrics(), id);
        var voice = new SessionVoice(services.loop(), event -> heard(process, event), measured::take);
        services.tickets()
                .issue(
                        ticket,
                        new SessionVerdict.Admitted(
                                id.worker().pool(),
                                id.worker().toString(),
                                id.number(),
                                services.heartbeatInterval().get(),
                                voice));
        process.ticketed(ticket);
        return ticket;
    }

    /// What came of a worker's session; one that has exited meanwhile closes what it had opened.
    private void heard(WorkerProcess process, SessionVoice.Event event) {
        if (!processes.containsKey(process.incarnation())) {
            if (event instanceof SessionVoice.Event.Opened(var session)) {
                session.close();
            }
            return;
        }
        switch (event) {
            case SessionVoice.Event.Opened(var session) -> {
                LOG.debug("Session open worker={}", process.incarnation());
                process.sessionOpened(session);
                owner.online();
                services.events().accept(new WorkerEvent.Online(process.incarnation()));
            }
            case SessionVoice.Event.Ready() -> owner.happened(process, new Life.Event.ReadyReported());
            case SessionVoice.Event.Draining() -> owner.happened(process, new Life.Event.DrainingReported());
            case SessionVoice.Event.Status(var text) -> {
                process.says(text);
                owner.changed();
            }
            case SessionVoice.Event.Closed(var why) -> {
                LOG.debug("Session closed worker={}: {}", process.incarnation(), why);
                process.sessionClosed();
                owner.changed();
                services.events().accept(new WorkerEvent.Disconnected(process.incarnation(), why));
            }
        }
    }

    private void channelLost(WorkerProcess process, String why) {
        if (processes.containsKey(process.incarnation())) {
            LOG.warn("Handle socket lost worker={}, the worker is replaced: {}", process.incarnation(), why);
            owner.happened(process, new Life.Event.RetireOrdered(services.loop().nanoTime()));
        }
    }

    /// What a worker says of itself, whichever way.
    private final class WorkerVoice implements PeerEvents, NotifySocket.Listener {
        private final WorkerProcess process;

        WorkerVoice(WorkerProcess process) {
            this.process = process;
        }

        @Override
        public void joined(HandlePeer peer) {
            process.joined(peer);
            dispatch.joined(process.incarnation(), peer);
        }

        @Override
        public void acknowledged(long transferId) {
            if (dispatch.acknowledged(process.incarnation(), transferId)) {
                return;
            }
            var taken = transfers.acknowledged(transferId);
            if (taken.isPresent()) {
                listens(taken.get());
                return;
            }
            var handle = passed.acknowledged(transferId);
            if (handle.isEmpty()) {
                LOG.debug("Listeners taken over worker={}", process.incarnation());
                listens(sockets.names());
            } else if (handle.get().kind() == HandleKind.LISTENER) {
                listens(List.of(handle.get().socketName()));
            }
        }

        private void listens(List<String> names) {
            if (!names.isEmpty()) {
                services.events().accept(new WorkerEvent.Listening(process.incarnation(), names));
            }
        }

        @Override
        public void refused(long transferId, String message) {
            if (!dispatch.refused(process.incarnation(), transferId, message)
                    && !transfers.refused(transferId, message)
                    && !passed.refused(transferId, message)) {
                LOG.warn("Listeners refused worker={}: {}", process.incarnation(), message);
                owner.happened(process, new Life.Event.StopOrdered());
            }
        }

        @Override
        public void ready() {
            owner.happened(process, new Life.Event.ReadyReported());
        }

        @Override
        public void draining() {
            owner.happened(process, new Life.Event.DrainingReported());
        }

        @Override
        public void connectionsEnded(int count) {
            dispatch.connectionsEnded(process.incarnation(), count);
        }

        @Override
        public void alive() {
            process.alive(services.loop().nanoTime());
        }

        @Override
        public void stopping() {
            draining();
        }

        @Override
        public void status(String text) {
            process.says(text);
            owner.changed();
        }

        @Override
        public void closed(String why) {
            process.left();
            dispatch.left(process.incarnation());
            if (lastWords.remove(process.incarnation()) != null) {
                gone(process.incarnation());
            } else {
                services.loop().after(CHANNEL_LOST_BOUND, () -> channelLost(process, why));
            }
        }
    }
}
