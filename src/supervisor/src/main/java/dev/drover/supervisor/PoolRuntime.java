package dev.drover.supervisor;

import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.Verdict;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.Signals;
import dev.drover.supervisor.journal.Event;
import dev.drover.supervisor.journal.Reason;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.Member;
import dev.drover.supervisor.pool.PoolCommand;
import dev.drover.supervisor.pool.PoolCore;
import dev.drover.supervisor.pool.PoolEvent;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.pool.RolloutOutcome;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what the pure core decides for one pool, and tells it what happens. Belongs to the loop.
final class PoolRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(PoolRuntime.class);

    /// A shard that was shut down is mended after this.
    private static final Duration MEND_DELAY = Duration.ofMillis(100);

    /// How often it is looked whether the last of those that inherited a removed socket is gone.
    private static final Duration INHERITORS_CHECK = Duration.ofMillis(100);

    private final Services services;
    private final PoolSockets sockets;
    private final Map<Incarnation, WorkerProcess> processes = new HashMap<>();

    private final WorkerChannels channels;
    private final HealthWatch health;
    private final Recycling recycling;
    private final ExitReports exits;
    private final Conditions conditions;
    private final TransitionLog transitions;
    private final ExitCounts causes = new ExitCounts();
    private PoolState state;
    private long version = 1;
    private int spawning;
    private int killed;
    private boolean leaving;
    private boolean awaited;
    private boolean closed;

    /// @param sockets open, in the order of the spec; owned from now on
    PoolRuntime(Services services, PoolSpec spec, PoolSockets sockets) {
        this.services = services;
        this.sockets = sockets;
        this.state = PoolState.initial(spec, services.clock().instant(), sockets.settle(), sockets.shards());
        this.exits = new ExitReports(services.loop(), services.clock());
        this.conditions = new Conditions(spec.name(), services.clock(), services.journal());
        this.transitions = new TransitionLog(spec.name(), services.journal());
        sockets.watch(services.loop().poller(), this::socketEvent);
        this.channels = new WorkerChannels(services, spec.name(), sockets, processes, new Learner());
        this.health = new HealthWatch(services, sockets, new Nurse());
        this.recycling = new Recycling(services, new Renewer());
    }

    /// Makes a pool one of the others, and starts its workers.
    ///
    /// @param later whether others serve already
    static void start(
            Services services, PoolSpec spec, PoolSockets sockets, boolean later, Map<String, PoolRuntime> pools) {
        var pool = new PoolRuntime(services, spec, sockets);
        pool.awaited = later;
        pools.put(spec.name(), pool);
        pool.handle(new PoolEvent.Opened());
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
        return channels.quiet() && sockets.quiet();
    }

    /// Connections that nobody has taken, in the kernel's queues or in hand.
    int queued() {
        return sockets.queued() + channels.inHand();
    }

    /// Incarnations that are not gone.
    int alive() {
        return (int) state.members().count();
    }

    PoolLoad load() {
        return processes.values().stream()
                .flatMap(process -> process.session().stream())
                .flatMap(session -> session.load().stream())
                .map(PoolLoad::of)
                .reduce(PoolLoad.NONE, PoolLoad::plus);
    }

    /// Nobody wants it any more, it is on its way out.
    void leave() {
        leaving = true;
        version++;
    }

    /// Gives up the sockets and what is in hand. What comes late changes nothing any more.
    void close() {
        closed = true;
        health.close();
        channels.close();
        sockets.close();
    }

    /// Whether no process is left and none is being made.
    boolean idle() {
        return state.idle() && spawning == 0 && health.idle();
    }

    boolean spawning() {
        return spawning > 0 || health.spawning();
    }

    /// Those whose process has not been reaped yet.
    Stream<WorkerProcess> processes() {
        return processes.values().stream();
    }

    boolean owns(long pid) {
        return health.owns(pid)
                || processes.values().stream()
                        .anyMatch(process -> process.child()
                                .filter(child -> child.pid() == pid)
                                .isPresent());
    }

    /// Whether one of its processes has that token.
    boolean hasToken(String token) {
        return processes.values().stream().anyMatch(process -> process.token().equals(token));
    }

    /// The one funnel: applies, logs, carries out.
    ///
    /// @return what became of a [PoolEvent.RolloutOrdered], empty for every other event
    Optional<RolloutOutcome> handle(PoolEvent event) {
        services.loop().assertOnLoop();
        if (closed) {
            // A timer of a pool that was removed: its sockets are closed.
            return Optional.empty();
        }
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
        channels.ready(this::readyIncarnations);
        step.commands().forEach(this::tryToExecute);
        refreshConditions();
        return step.outcome();
    }

    /// Wants something else. Sockets that the spec has no more let nobody in from now on, and are closed when they have
    /// run dry.
    ///
    /// @param added those that the spec has more, open with the shards that [#shardsFor] tells; owned from now on
    void change(PoolSpec wanted, List<PoolSocket> added) {
        var leave = spec().sockets().stream()
                .filter(socket -> wanted.sockets().stream()
                        .noneMatch(other -> other.name().equals(socket.name()) && socket.becomesInPlace(other)))
                .map(socket -> sockets.beginToLeave(socket.name()))
                .toList();
        sockets.change(wanted, added);
        var names = added.stream().map(socket -> socket.spec().name()).toList();
        inheritors().forEach(process -> sockets.avoid(process.shard(), names));
        // One event for all else: nothing is started that the next operation would replace.
        handle(new PoolEvent.SpecChanged(wanted));
        if (!added.isEmpty()) {
            handle(new PoolEvent.SocketsChanged(sockets.settle()));
            channels.give(added, this::isWanted);
            channels.ready(this::readyIncarnations);
        }
        var bound = wanted.terminationGrace().dividedBy(2);
        for (var socket : leave) {
            new SocketRemoval(services.loop(), wanted.name(), socket, bound, new SocketOwner()).begin();
        }
    }

    void refreshConditions() {
        if (conditions.refresh(
                state, services.loop().nanoTime(), services.filesRefused().get())) {
            version++;
        }
        awaited &= !conditions.isAvailable();
    }

    /// How many shards a sharded socket needs that is to be added to what is wanted.
    int shardsFor(PoolSpec wanted) {
        return Math.max(state.shards(), PoolSockets.shardsFor(wanted));
    }

    /// Those that have what they inherited, until they end.
    private Stream<WorkerProcess> inheritors() {
        return processes.values().stream()
                .filter(process -> process.template().protocol() == Template.Protocol.SYSTEMD);
    }

    private boolean isWanted(Incarnation incarnation) {
        return state.place(incarnation.worker().ordinal())
                .member(incarnation.number())
                .filter(Member::wanted)
                .isPresent();
    }

    /// Closes sockets one by one.
    private final class SocketOwner implements SocketRemoval.Owner {
        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public boolean quiet(PoolSocket socket) {
            return channels.quiet(socket);
        }

        @Override
        public void withdraw(PoolSocket socket, Runnable then) {
            sockets.withdraw(socket);
            handle(new PoolEvent.SocketsChanged(sockets.settle()));
            channels.withdraw(socket, () -> awaitInheritors(socket, then));
        }

        /// Those that inherited it have it until they end: they are being replaced.
        private void awaitInheritors(PoolSocket socket, Runnable then) {
            if (inheritors().anyMatch(process -> process.inherits(socket))) {
                services.loop().after(INHERITORS_CHECK, () -> awaitInheritors(socket, then));
            } else {
                then.run();
            }
        }

        @Override
        public void close(PoolSocket socket) {
            sockets.close(socket);
            version++;
        }
    }

    private void noteReadiness() {
        for (var place : state.places()) {
            for (var member : place.members()) {
                var process = processes.get(incarnation(place.ordinal(), member.number()));
                if (process == null) {
                    continue;
                }
                process.session().ifPresent(session -> session.markReady(member.ready()));
                if (member.life() instanceof Life.Unready) {
                    process.becameUnready();
                }
                if (member.ready() && process.isNewsThatItIsReady()) {
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
            case PoolCommand.DumpThreads dump ->
                process(incarnation(dump.ordinal(), dump.number())).ifPresent(WorkerProcess::dumpThreads);
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
                services.clock().instant(),
                services.random().nextDouble());
        processes.put(incarnation, process);
        services.metrics().began(incarnation);
        sockets.leased(command.shard());
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
            process.notifiedBy(new NotifySocket(path, services.loop().poller(), channels.voice(process)));
            try {
                // Not those that leave: what is inherited cannot be taken back.
                for (var socket : sockets.staying()) {
                    var fd = socket.listener(socket.steered() ? process.shard() : 0)
                            .fd()
                            .duplicate();
                    inherited.add(new Launch.NamedListener(socket.spec().name(), fd));
                    process.inherited(socket);
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
                services.jvmShare().get(),
                inherited,
                path);
    }

    private void spawned(WorkerProcess process, Spawner.Outcome outcome) {
        spawning--;
        switch (outcome) {
            case Spawner.Outcome.Spawned spawned -> began(process, spawned);
            case Spawner.Outcome.Failed(var why) -> {
                processes.remove(process.incarnation());
                services.metrics().ended(process.incarnation());
                process.release();
                causes.count(process.incarnation().worker(), ExitCause.START_ERROR);
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
        health.began(process);
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
            process.killGroup();
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
        var death = services.deaths().of(process, status.get(), services.loop().nanoTime());
        processes.remove(process.incarnation());
        services.metrics().ended(process.incarnation());
        health.ended(process.incarnation());
        channels.ended(process);
        causes.count(
                process.incarnation().worker(),
                ExitCause.of(
                        death,
                        !isWanted(process.incarnation()),
                        process.killedBecause().isPresent()));
        boolean hadSession = process.session().isPresent();
        process.release();
        var report = exits.exited(process, child.pid(), death);
        transitions.exited(process.incarnation(), child.pid(), !isWanted(process.incarnation()), death);
        var id = process.incarnation();
        boolean bySignal = status.get() instanceof ExitStatus.Killed;
        handle(new PoolEvent.Ended(id.worker().ordinal(), id.number(), bySignal, death.how()));
        if (hadSession) {
            services.events().accept(new WorkerEvent.Disconnected(id, "the worker is dead"));
        }
        services.events().accept(new WorkerEvent.Exited(report));
    }

    /// Passes something to the newest incarnation that has joined.
    void pass(Forked.Pass pass) {
        channels.pass(pass);
    }

    /// Whether the peer may join, and what it gets.
    Verdict admit(JoinRequest request, Incarnation incarnation) {
        return channels.admit(request, incarnation);
    }

    /// What its workers' probes say.
    private final class Nurse implements HealthWatch.Owner {
        @Override
        public void happened(WorkerProcess process, Life.Event event) {
            tell(process, event);
        }

        @Override
        public void unhealthy(WorkerProcess process, String why) {
            transitions.unhealthy(process.incarnation(), why);
        }

        @Override
        public boolean isWanted(Incarnation incarnation) {
            return PoolRuntime.this.isWanted(incarnation);
        }

        @Override
        public void changed() {
            version++;
        }
    }

    /// Which workers are to be replaced though they serve.
    private final class Renewer implements Recycling.Owner {
        @Override
        public Optional<WorkerProcess> process(int ordinal, int number) {
            return PoolRuntime.this.process(incarnation(ordinal, number));
        }

        @Override
        public void wornOut(WorkerProcess process, Recycling.Bound reached) {
            var id = process.incarnation();
            if (isWanted(id)) {
                transitions.wornOut(id, reached);
                handle(new PoolEvent.WornOut(id.worker().ordinal(), id.number()));
            }
        }
    }

    /// What its workers say.
    private final class Learner implements WorkerChannels.Owner {
        @Override
        public void happened(WorkerProcess process, Life.Event event) {
            if (event instanceof Life.Event.ReadyReported) {
                health.notified(process);
            } else {
                tell(process, event);
            }
        }

        @Override
        public void online() {
            version++;
            noteReadiness();
        }

        @Override
        public void changed() {
            version++;
        }

        @Override
        public void unwilling(Incarnation incarnation, List<String> lacks, String why) {
            process(incarnation).ifPresent(process -> sockets.avoid(process.shard(), lacks));
            if (isWanted(incarnation)) {
                LOG.warn("Worker is replaced worker={}: {}", incarnation, why);
                handle(new PoolEvent.RestartOrdered(incarnation.worker().ordinal()));
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
                note(Reason.LISTENER_LOST, "Socket " + socket + ": a worker has shut its listener down.");
                health.misled();
                services.loop().after(MEND_DELAY, sockets::check);
            }
            case SocketEvent.ShardMended mended -> {
                LOG.info("Listener mended pool={} socket={} shard={}", spec().name(), socket, mended.shard());
                note(Reason.LISTENER_MENDED, "Socket " + socket + ": the listener listens again.");
            }
            case SocketEvent.MendFailed failed -> {
                LOG.error(
                        "Listener not mended pool={} socket={} shard={}: {}",
                        spec().name(),
                        socket,
                        failed.shard(),
                        failed.reason());
                note(Reason.LISTENER_LOST, "Socket " + socket + ": cannot listen again: " + failed.reason());
            }
            case SocketEvent.ListenerReplaced _ -> {
                LOG.warn("Listener replaced pool={} socket={}: its workers are replaced", spec().name(), socket);
                state.places()
                        .forEach(place ->
                                services.loop().post(() -> handle(new PoolEvent.RestartOrdered(place.ordinal()))));
            }
        }
    }

    /// Whether somebody works in that place, or is to.
    boolean hasPlace(int ordinal) {
        return state.places().stream().anyMatch(place -> place.ordinal() == ordinal);
    }

    /// Sends a signal to the newest process of a worker.
    SignalOutcome signal(WorkerId worker, int signal) {
        var name = Signals.nameOf(signal);
        return processes.values().stream()
                .filter(process -> process.incarnation().worker().equals(worker))
                .max(Comparator.comparingInt(process -> process.incarnation().number()))
                .map(process -> process.signal(signal))
                .filter(OptionalLong::isPresent)
                .<SignalOutcome>map(pid -> {
                    LOG.info("Worker is sent a signal worker={} signal={}", worker, name);
                    services.journal()
                            .record(
                                    new Event.Subject(Event.Kind.WORKER, worker.toString()),
                                    Reason.SIGNALED,
                                    "Sent " + name + ", as it was asked for.");
                    return new SignalOutcome.Sent(pid.getAsLong());
                })
                .orElseGet(SignalOutcome.NoProcess::new);
    }

    private void note(Reason reason, String message) {
        services.journal().record(Event.Subject.pool(spec().name()), reason, message);
    }

    /// Once a second.
    void tick() {
        sockets.check();
        handle(new PoolEvent.Ticked());
        recycling.look(state);
    }

    Measures.Pool measures() {
        var traffic = new HashMap<Incarnation, Measures.Traffic>();
        processes.forEach((incarnation, process) -> process.session()
                .ifPresent(session -> traffic.put(
                        incarnation, new Measures.Traffic(session.messagesSent(), session.messagesReceived()))));
        return new Measures.Pool(
                spec().name(), causes.together(), causes.places(), channels.handovers(), steered(), traffic);
    }

    private Set<Incarnation> steered() {
        return processes.values().stream()
                .filter(process -> state.steered().contains(process.shard()) && isWanted(process.incarnation()))
                .map(WorkerProcess::incarnation)
                .collect(Collectors.toSet());
    }

    Snapshot.Pool snapshot() {
        return new PoolView(
                        state,
                        sockets.views(channels::waiting),
                        sockets::leases,
                        processes,
                        exits,
                        conditions.all(),
                        version,
                        leaving,
                        awaited,
                        health::why,
                        services.loop().nanoTime())
                .build();
    }
}
