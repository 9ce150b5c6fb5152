package dev.drover.supervisor;

import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.JoinRefusal;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.PeerEvents;
import dev.drover.handoff.Verdict;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.session.SessionVerdict;
import dev.drover.supervisor.dispatch.DispatchLimits;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.PoolCommand;
import dev.drover.supervisor.pool.PoolCore;
import dev.drover.supervisor.pool.PoolEvent;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.pool.RolloutOutcome;
import dev.drover.supervisor.socket.SocketEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what the pure core decides for one pool, and tells it what happens. Belongs to the loop.
final class PoolRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(PoolRuntime.class);

    /// A worker closes its handle socket when it dies; one that is alive after this has broken the contract.
    private static final Duration CHANNEL_LOST_BOUND = Duration.ofSeconds(2);

    /// How long the last words of a killed process are waited for that was not the forked one itself.
    static final Duration LAST_WORDS_BOUND = Duration.ofSeconds(2);

    /// A shard that was shut down is mended after this.
    private static final Duration MEND_DELAY = Duration.ofMillis(100);

    private static final String HUNG = "no acknowledgement of a connection within "
            + DispatchLimits.DEFAULT.acknowledgement().toSeconds() + " s";

    private final Services services;
    private final PoolSockets sockets;
    private final PoolDispatch dispatch;
    private final Map<Incarnation, WorkerProcess> processes = new HashMap<>();

    /// Connections of those that are dead, or about to be, with something to be heard.
    private final Map<Incarnation, HandlePeer> lastWords = new HashMap<>();
    private final PassedHandles passed;

    private final ExitReports exits;
    private final Conditions conditions;
    private final TransitionLog transitions;
    private PoolState state;
    private long version = 1;
    private int spawning;
    private int killed;

    /// @param sockets open, in the order of the spec; owned from now on
    PoolRuntime(Services services, PoolSpec spec, PoolSockets sockets) {
        this.services = services;
        this.sockets = sockets;
        this.state = PoolState.initial(spec, services.clock().instant(), sockets.settle(), sockets.shards());
        this.passed = new PassedHandles(services.loop(), this::hung);
        this.exits = new ExitReports(services.loop(), services.clock());
        this.conditions = new Conditions(spec.name(), services.clock());
        this.transitions = new TransitionLog(spec.name());
        sockets.watch(services.loop().poller(), this::socketEvent);
        this.dispatch = new PoolDispatch(
                services.loop(),
                services::newTransferId,
                DispatchLimits.DEFAULT,
                spec.name(),
                sockets.dispatched(),
                this::hung);
    }

    PoolState state() {
        return state;
    }

    PoolSpec spec() {
        return state.spec();
    }

    PoolSockets sockets() {
        return sockets;
    }

    int killed() {
        return killed;
    }

    /// Whether nothing is under way to a worker any more.
    boolean quiet() {
        return dispatch.quiet() && sockets.quiet();
    }

    /// Connections that nobody has taken, in the kernel's queues or in hand.
    int queued() {
        return sockets.queued() + dispatch.inHand();
    }

    /// Gives up the sockets and what is in hand.
    void close() {
        dispatch.close();
        passed.close();
        sockets.close();
    }

    /// Whether no process is left and none is being made.
    boolean idle() {
        return state.idle() && spawning == 0;
    }

    boolean spawning() {
        return spawning > 0;
    }

    boolean owns(long pid) {
        return processes.values().stream()
                .anyMatch(process ->
                        process.child().filter(child -> child.pid() == pid).isPresent());
    }

    /// The one funnel: applies, logs, carries out.
    ///
    /// @return what became of a [PoolEvent.RolloutOrdered], empty for every other event
    Optional<RolloutOutcome> handle(PoolEvent event) {
        services.loop().assertOnLoop();
        var before = state;
        var moment =
                new PoolCore.Moment(services.loop().nanoTime(), services.clock().instant(), sockets::queued);
        var step = PoolCore.next(state, event, moment);
        state = step.state();
        if (!state.equals(before)) {
            version++;
        }
        transitions.log(before, state);
        noteReadiness();
        if (!dispatch.isEmpty()) {
            dispatch.ready(readyIncarnations());
        }
        step.commands().forEach(this::tryToExecute);
        conditions.refresh(state, services.loop().nanoTime());
        return step.outcome();
    }

    private void noteReadiness() {
        for (var place : state.places()) {
            for (var member : place.members()) {
                var process = processes.get(incarnation(place.ordinal(), member.number()));
                if (process == null) {
                    continue;
                }
                process.session().ifPresent(session -> session.markReady(member.ready()));
                if (member.ready() && process.readySince().isEmpty()) {
                    process.becameReady(services.clock().instant());
                    services.events().accept(new WorkerEvent.Ready(process.incarnation()));
                }
            }
        }
    }

    private List<Incarnation> readyIncarnations() {
        var ready = new ArrayList<Incarnation>();
        for (var place : state.places()) {
            for (var member : place.members()) {
                if (member.ready()) {
                    ready.add(incarnation(place.ordinal(), member.number()));
                }
            }
        }
        return ready;
    }

    private Incarnation incarnation(int ordinal, int number) {
        return new Incarnation(new WorkerId(state.spec().name(), ordinal), number);
    }

    /// The state says that all of it is done: what fails must not keep the rest from being carried out.
    private void tryToExecute(PoolCommand command) {
        try {
            execute(command);
        } catch (RuntimeException failure) {
            LOG.error(
                    "Not carried out pool={} command={}",
                    spec().name(),
                    command.getClass().getSimpleName(),
                    failure);
        }
    }

    private void execute(PoolCommand command) {
        switch (command) {
            case PoolCommand.GrowShards grow -> sockets.grow(grow.shards());
            case PoolCommand.Steer steer -> sockets.steer(steer.shards());
            case PoolCommand.SpawnWorker spawn -> spawn(spawn);
            case PoolCommand.SendStopSignal stop ->
                process(incarnation(stop.ordinal(), stop.number())).ifPresent(WorkerProcess::stop);
            case PoolCommand.KillGroup kill -> kill(incarnation(kill.ordinal(), kill.number()));
            case PoolCommand.RestoreBacklog restore -> sockets.restoreBacklog(restore.shard());
            case PoolCommand.StartTimer timer -> services.loop().after(timer.delay(), () -> handle(timer.event()));
        }
    }

    private void spawn(PoolCommand.SpawnWorker command) {
        var incarnation = incarnation(command.ordinal(), command.number());
        var process = new WorkerProcess(
                incarnation,
                command.template(),
                command.shard(),
                services.newSecret(),
                services.clock().instant());
        processes.put(incarnation, process);
        spawning++;
        try {
            openShard(command.shard());
            var launch = launch(process);
            services.spawner()
                    .spawn(launch, spec().output(), outcome -> services.loop().post(() -> spawned(process, outcome)));
        } catch (RuntimeException failure) {
            // Whatever it is: a place whose spawn is never accounted for would stay empty, and the stop wait for it.
            var outcome = new Spawner.Outcome.Failed("cannot prepare the start: " + failure.getMessage());
            services.loop().post(() -> spawned(process, outcome));
        }
    }

    /// One that could not be opened when it was first needed is tried again with each start.
    private void openShard(int shard) {
        if (!sockets.has(shard)) {
            sockets.grow(shard + 1);
            sockets.steer(state.steered());
        }
        if (!sockets.has(shard)) {
            throw new IllegalStateException("shard " + shard + " cannot be opened");
        }
    }

    private Launch launch(WorkerProcess process) {
        boolean systemd = process.template().protocol() == Template.Protocol.SYSTEMD;
        var path = services.runDirectory().notify(services.newTransferId());
        var inherited = new ArrayList<Launch.NamedListener>();
        if (systemd) {
            process.notifiedBy(new NotifySocket(path, services.loop().poller(), new WorkerVoice(process)));
            try {
                for (var handle : sockets.handles(process.shard())) {
                    var fd = handle.descriptor().duplicate();
                    inherited.add(new Launch.NamedListener(handle.socketName(), fd));
                }
            } catch (RuntimeException failure) {
                inherited.forEach(listener -> listener.fd().close());
                throw failure;
            }
        }
        return new Launch(
                process.incarnation(),
                process.template(),
                services.environment(),
                services.runDirectory().root(),
                process.token(),
                inherited,
                path);
    }

    private void spawned(WorkerProcess process, Spawner.Outcome outcome) {
        spawning--;
        switch (outcome) {
            case Spawner.Outcome.Spawned spawned -> began(process, spawned);
            case Spawner.Outcome.Failed(var why) -> {
                processes.remove(process.incarnation());
                process.release();
                var report = exits.notStarted(process, why);
                transitions.spawnFailed(process.incarnation(), why);
                var id = process.incarnation();
                handle(new PoolEvent.SpawnFailed(id.worker().ordinal(), id.number(), why));
                services.events().accept(new WorkerEvent.Exited(report));
            }
        }
    }

    private void began(WorkerProcess process, Spawner.Outcome.Spawned spawned) {
        var child = spawned.process();
        var watch =
                services.loop().poller().add(child.pidfd(), Set.of(Poller.Interest.READABLE), ready -> exited(process));
        if (!process.spawned(child, spawned.capture(), watch)) {
            LOG.warn("Join taken back worker={}: the peer is not in the worker's process group", process.incarnation());
            process.peer().ifPresent(HandlePeer::close);
            process.left();
        }
        services.events().accept(new WorkerEvent.Forked(process.incarnation(), child.pid()));
        tell(process, new Life.Event.Spawned(child.pid()));
        if (process.template().readyWhen() == Template.ReadyWhen.STARTED) {
            tell(process, new Life.Event.ReadyReported());
        }
    }

    private void tell(WorkerProcess process, Life.Event event) {
        var incarnation = process.incarnation();
        handle(new PoolEvent.Happened(incarnation.worker().ordinal(), incarnation.number(), event));
    }

    /// Only what is killed at the end tells of a stop that was not clean.
    private void kill(Incarnation incarnation) {
        killed += state.stopping() ? 1 : 0;
        process(incarnation).ifPresent(WorkerProcess::kill);
    }

    private Optional<WorkerProcess> process(Incarnation incarnation) {
        return Optional.ofNullable(processes.get(incarnation));
    }

    /// Its group is killed before its number may belong to others, and before it is taken for dead; what it had
    /// said is heard before that is told.
    private void exited(WorkerProcess process) {
        var child = process.child().orElseThrow();
        try {
            process.kill();
        } catch (PosixException failure) {
            // EPERM: all that is left of the group runs as somebody else. The leader is ours to reap all the same.
            LOG.warn("Group not killed worker={}: {}", process.incarnation(), failure.getMessage());
        }
        if (process.joinedItself()) {
            process.peer().ifPresent(HandlePeer::readToEnd);
        }
        services.guard().remove(child.pid());
        var status = child.reap();
        if (status.isEmpty()) {
            return;
        }
        processes.remove(process.incarnation());
        process.ticket().ifPresent(services.tickets()::withdraw);
        hearLastWords(process);
        boolean hadSession = process.session().isPresent();
        process.release();
        var report = exits.exited(process, child.pid(), status.get());
        var how = Exits.describe(status.get(), process.killedBecause());
        transitions.exited(process.incarnation(), child.pid(), how);
        var id = process.incarnation();
        boolean bySignal = status.get() instanceof ExitStatus.Killed;
        handle(new PoolEvent.Ended(id.worker().ordinal(), id.number(), bySignal, how));
        if (hadSession) {
            services.events().accept(new WorkerEvent.Disconnected(id, "the worker is dead"));
        }
        services.events().accept(new WorkerEvent.Exited(report));
    }

    /// What it had not acknowledged goes to others once all that it had said is heard. The forked process is dead;
    /// one that it had started and that has joined in its place was killed just now, and may still be about to die.
    private void hearLastWords(WorkerProcess process) {
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
    }

    /// Passes something to the newest incarnation that has joined.
    void pass(Forked.Pass pass) {
        var receiver = processes.values().stream()
                .filter(process -> process.peer().isPresent())
                .max(Comparator.comparingInt(process -> process.incarnation().number()));
        if (receiver.isEmpty()) {
            pass.fail("cannot pass " + pass.handle().socketName() + " to " + spec().name() + ": it has left");
            return;
        }
        var process = receiver.get();
        passed.pass(process.incarnation(), process.peer().orElseThrow(), services.newTransferId(), pass);
    }

    /// It lives and does not acknowledge: to give its connections to others now could have two answer one.
    private void hung(Incarnation incarnation) {
        LOG.warn("Worker hung worker={}: {}; it is killed, then others get its connections", incarnation, HUNG);
        process(incarnation).ifPresent(process -> {
            process.toBeKilled(HUNG);
            tell(process, new Life.Event.KillOrdered());
        });
    }

    /// Whether the peer may join, and what it gets.
    Verdict admit(JoinRequest request, Incarnation incarnation) {
        var process = process(incarnation);
        if (process.isEmpty() || process.get().template().protocol() != Template.Protocol.DROVER) {
            return new Verdict.Refused(JoinRefusal.NOT_EXPECTED, Services.NOT_EXPECTED);
        }
        var refused = process.get().check(request);
        if (refused.isPresent()) {
            return refused.get();
        }
        return new Verdict.Admitted(
                spec().name(),
                newTicket(process.get()),
                services.newTransferId(),
                sockets.handles(process.get().shard()),
                sockets.dispatchedNames(),
                new WorkerVoice(process.get()));
    }

    private String newTicket(WorkerProcess process) {
        var ticket = services.newSecret();
        var id = process.incarnation();
        var voice = new SessionVoice(services.loop(), event -> heard(process, event));
        services.tickets()
                .issue(
                        ticket,
                        new SessionVerdict.Admitted(
                                id.worker().pool(), id.worker().toString(), id.number(), voice));
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
                version++;
                process.sessionOpened(session);
                noteReadiness();
                services.events().accept(new WorkerEvent.Online(process.incarnation()));
            }
            case SessionVoice.Event.Ready() -> tell(process, new Life.Event.ReadyReported());
            case SessionVoice.Event.Draining() -> tell(process, new Life.Event.DrainingReported());
            case SessionVoice.Event.Status(var text) -> {
                version++;
                process.says(text);
            }
            case SessionVoice.Event.Closed(var why) -> {
                LOG.debug("Session closed worker={}: {}", process.incarnation(), why);
                version++;
                process.sessionClosed();
                services.events().accept(new WorkerEvent.Disconnected(process.incarnation(), why));
            }
        }
    }

    private void channelLost(WorkerProcess process, String why) {
        if (processes.containsKey(process.incarnation())) {
            LOG.warn("Handle socket lost worker={}, the worker is replaced: {}", process.incarnation(), why);
            tell(process, new Life.Event.RetireOrdered(services.loop().nanoTime()));
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
            if (!dispatch.refused(process.incarnation(), transferId, message) && !passed.refused(transferId, message)) {
                LOG.warn("Listeners refused worker={}: {}", process.incarnation(), message);
                tell(process, new Life.Event.StopOrdered());
            }
        }

        @Override
        public void ready() {
            tell(process, new Life.Event.ReadyReported());
        }

        @Override
        public void draining() {
            tell(process, new Life.Event.DrainingReported());
        }

        @Override
        public void connectionsEnded(int count) {
            dispatch.connectionsEnded(process.incarnation(), count);
        }

        @Override
        public void stopping() {
            draining();
        }

        @Override
        public void status(String text) {
            version++;
            process.says(text);
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

    private void socketEvent(SocketEvent event) {
        var socket = event.socket().spec().name();
        switch (event) {
            case SocketEvent.ShardLost lost -> {
                LOG.warn(
                        "Listener shut down by a worker pool={} socket={} shard={}",
                        spec().name(),
                        socket,
                        lost.shard());
                services.loop().after(MEND_DELAY, sockets::check);
            }
            case SocketEvent.ShardMended mended ->
                LOG.info("Listener mended pool={} socket={} shard={}", spec().name(), socket, mended.shard());
            case SocketEvent.MendFailed failed ->
                LOG.error(
                        "Listener not mended pool={} socket={} shard={}: {}",
                        spec().name(),
                        socket,
                        failed.shard(),
                        failed.reason());
            case SocketEvent.ListenerReplaced _ -> {
                LOG.warn("Listener replaced pool={} socket={}: its workers are replaced", spec().name(), socket);
                state.places()
                        .forEach(place ->
                                services.loop().post(() -> handle(new PoolEvent.RestartOrdered(place.ordinal()))));
            }
        }
    }

    /// Once a second.
    void tick() {
        sockets.check();
        handle(new PoolEvent.Ticked());
    }

    Snapshot.Pool snapshot() {
        return new PoolView(
                        state,
                        sockets.views(dispatch::waiting),
                        sockets::leases,
                        processes,
                        exits,
                        conditions.all(),
                        version,
                        services.loop().nanoTime())
                .build();
    }
}
