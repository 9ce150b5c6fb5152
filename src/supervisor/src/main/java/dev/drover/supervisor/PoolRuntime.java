package dev.drover.supervisor;

import dev.drover.handoff.Handle;
import dev.drover.handoff.HandleKind;
import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.JoinRefusal;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.PeerEvents;
import dev.drover.handoff.Verdict;
import dev.drover.posix.ExitStatus;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.Signals;
import dev.drover.supervisor.output.OutputCapture;
import dev.drover.supervisor.pool.Life;
import dev.drover.supervisor.pool.PoolCommand;
import dev.drover.supervisor.pool.PoolCore;
import dev.drover.supervisor.pool.PoolEvent;
import dev.drover.supervisor.pool.PoolState;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketEvent;
import dev.drover.supervisor.socket.SocketOpenException;
import java.time.Duration;
import java.util.ArrayList;
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

    /// How long the last lines of a dead worker are waited for, when a grandchild holds its output open.
    private static final Duration LAST_LINES_BOUND = Duration.ofSeconds(1);

    /// A shard that was shut down is mended after this.
    private static final Duration MEND_DELAY = Duration.ofMillis(100);

    private final Services services;
    private final List<PoolSocket> sockets;
    private final Map<Incarnation, WorkerProcess> processes = new HashMap<>();
    private final Map<Integer, ExitReport> lastExits = new HashMap<>();
    private final Conditions conditions;
    private final TransitionLog transitions;
    private PoolState state;
    private long version = 1;
    private int spawning;
    private int killed;

    /// @param sockets open, in the order of the spec; owned from now on
    PoolRuntime(Services services, PoolSpec spec, List<PoolSocket> sockets) {
        this.services = services;
        this.sockets = List.copyOf(sockets);
        this.state = PoolState.initial(spec, settle(sockets), shards(sockets));
        this.conditions = new Conditions(spec.name(), services.clock());
        this.transitions = new TransitionLog(spec.name());
        for (var socket : sockets) {
            socket.warning().ifPresent(warning -> LOG.warn("Socket degraded pool={} {}", spec.name(), warning));
            socket.watch(services.loop().poller(), this::socketEvent);
        }
    }

    /// How many shards a pool needs: one for each incarnation there can be.
    static int shardsFor(PoolSpec spec) {
        return Math.max(1, spec.replicas() + spec.surge());
    }

    /// A retiring worker's queue must stay empty for as long as a handshake may take to end in it: that is short
    /// when both ends are this machine.
    private static Duration settle(List<PoolSocket> sockets) {
        if (sockets.stream().noneMatch(PoolSocket::steered)) {
            return Duration.ZERO;
        }
        boolean loopback = sockets.stream()
                .filter(PoolSocket::steered)
                .allMatch(socket -> socket.address() instanceof java.net.InetSocketAddress inet
                        && inet.getAddress().isLoopbackAddress());
        return loopback ? Duration.ofMillis(100) : Duration.ofSeconds(1);
    }

    private static int shards(List<PoolSocket> sockets) {
        return sockets.stream()
                .filter(PoolSocket::steered)
                .mapToInt(PoolSocket::shards)
                .min()
                .orElse(1);
    }

    PoolState state() {
        return state;
    }

    PoolSpec spec() {
        return state.spec();
    }

    List<PoolSocket> sockets() {
        return sockets;
    }

    int killed() {
        return killed;
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
    void handle(PoolEvent event) {
        services.loop().assertOnLoop();
        var before = state;
        var step =
                PoolCore.next(state, event, new PoolCore.Moment(services.loop().nanoTime(), this::queued));
        state = step.state();
        if (!state.equals(before)) {
            version++;
        }
        transitions.log(before, state);
        noteReadiness();
        step.commands().forEach(this::execute);
        conditions.refresh(state, services.loop().nanoTime());
    }

    private void noteReadiness() {
        for (var place : state.places().values()) {
            for (var member : place.members()) {
                var process = processes.get(incarnation(place.ordinal(), member.number()));
                if (process != null && member.ready() && process.readySince().isEmpty()) {
                    process.becameReady(services.clock().instant());
                }
            }
        }
    }

    private int queued(int shard) {
        return sockets.stream()
                .filter(socket -> socket.steered() && shard < socket.shards())
                .mapToInt(socket -> socket.queued(shard))
                .sum();
    }

    private Incarnation incarnation(int ordinal, int number) {
        return new Incarnation(new WorkerId(state.spec().name(), ordinal), number);
    }

    private void execute(PoolCommand command) {
        switch (command) {
            case PoolCommand.GrowShards grow -> grow(grow.shards());
            case PoolCommand.Steer steer -> steer(steer.shards());
            case PoolCommand.SpawnWorker spawn -> spawn(spawn);
            case PoolCommand.SendStopSignal stop -> stop(incarnation(stop.ordinal(), stop.number()));
            case PoolCommand.KillGroup kill -> kill(incarnation(kill.ordinal(), kill.number()));
            case PoolCommand.RestoreBacklog restore ->
                sockets.forEach(socket -> socket.restoreBacklog(restore.shard()));
            case PoolCommand.StartTimer timer -> services.loop().after(timer.delay(), () -> handle(timer.event()));
        }
    }

    private void grow(int shards) {
        for (var socket : sockets) {
            try {
                socket.grow(shards);
            } catch (SocketOpenException failure) {
                // The worker that needs the shard finds it missing, fails to start and backs off.
                LOG.error(
                        "Shard not opened pool={} socket={}: {}",
                        spec().name(),
                        socket.spec().name(),
                        failure.getMessage());
            }
        }
    }

    private void steer(Set<Integer> shards) {
        for (var socket : sockets) {
            try {
                socket.steer(shards);
            } catch (PosixException | IllegalArgumentException failure) {
                LOG.error(
                        "Connections not steered pool={} socket={}: {}",
                        spec().name(),
                        socket.spec().name(),
                        failure.getMessage());
            }
        }
    }

    private void spawn(PoolCommand.SpawnWorker command) {
        var incarnation = incarnation(command.ordinal(), command.number());
        var process = new WorkerProcess(
                incarnation,
                command.shard(),
                command.revision(),
                services.newSecret(),
                services.clock().instant());
        processes.put(incarnation, process);
        spawning++;
        try {
            var launch = launch(process, command.template());
            services.spawner()
                    .spawn(
                            launch,
                            spec().output(),
                            outcome -> services.loop().post(() -> spawned(process, command.template(), outcome)));
        } catch (PosixException
                | IllegalArgumentException
                | IllegalStateException
                | IndexOutOfBoundsException failure) {
            var outcome = new Spawner.Outcome.Failed("cannot prepare the start: " + failure.getMessage());
            services.loop().post(() -> spawned(process, command.template(), outcome));
        }
    }

    private Launch launch(WorkerProcess process, Template template) {
        boolean systemd = template.protocol() == Template.Protocol.SYSTEMD;
        var path = services.runDirectory().notify(process.incarnation());
        var inherited = new ArrayList<Launch.NamedListener>();
        if (systemd) {
            process.notifiedBy(new NotifySocket(path, services.loop().poller(), notifications(process)));
            for (var socket : sockets) {
                var fd = socket.listener(process.shard()).fd().duplicate();
                inherited.add(new Launch.NamedListener(socket.spec().name(), fd));
            }
        }
        return new Launch(
                process.incarnation(),
                template,
                services.environment(),
                services.runDirectory().root(),
                process.token(),
                inherited,
                path);
    }

    private void spawned(WorkerProcess process, Template template, Spawner.Outcome outcome) {
        spawning--;
        switch (outcome) {
            case Spawner.Outcome.Spawned spawned -> began(process, template, spawned);
            case Spawner.Outcome.Failed(var why) -> {
                processes.remove(process.incarnation());
                process.release();
                report(process, 0, Optional.empty(), why, List.of());
                transitions.spawnFailed(process.incarnation(), why);
                tell(process, new Life.Event.SpawnFailed());
            }
        }
    }

    private void began(WorkerProcess process, Template template, Spawner.Outcome.Spawned spawned) {
        var child = spawned.process();
        var watch =
                services.loop().poller().add(child.pidfd(), Set.of(Poller.Interest.READABLE), ready -> exited(process));
        if (!process.spawned(child, spawned.capture(), watch)) {
            LOG.warn("Join taken back worker={}: the peer is not in the worker's process group", process.incarnation());
            process.peer().ifPresent(HandlePeer::close);
            process.left();
        }
        tell(process, new Life.Event.Spawned(child.pid()));
        if (template.readyWhen() == Template.ReadyWhen.STARTED) {
            tell(process, new Life.Event.ReadyReported());
        }
    }

    private void tell(WorkerProcess process, Life.Event event) {
        var incarnation = process.incarnation();
        handle(new PoolEvent.Happened(incarnation.worker().ordinal(), incarnation.number(), event));
    }

    private void stop(Incarnation incarnation) {
        process(incarnation).flatMap(WorkerProcess::child).ifPresent(child -> {
            child.signal(spec().template().stopSignal());
            // A stopped process takes no signal but KILL before it goes on.
            child.signalGroup(Signals.SIGCONT);
        });
    }

    private void kill(Incarnation incarnation) {
        process(incarnation).flatMap(WorkerProcess::child).ifPresent(child -> {
            killed++;
            child.signalGroup(Signals.SIGKILL);
        });
    }

    private Optional<WorkerProcess> process(Incarnation incarnation) {
        return Optional.ofNullable(processes.get(incarnation));
    }

    /// What a dead worker had said is heard first; its group is killed before its number may belong to others.
    private void exited(WorkerProcess process) {
        process.peer().ifPresent(HandlePeer::readToEnd);
        var child = process.child().orElseThrow();
        child.signalGroup(Signals.SIGKILL);
        services.guard().remove(child.pid());
        var status = child.reap();
        if (status.isEmpty()) {
            return;
        }
        processes.remove(process.incarnation());
        process.release();
        var message = Exits.describe(status.get());
        report(process, child.pid(), status, message, List.of());
        process.capture().ifPresent(capture -> reportLastLines(process, child.pid(), status, message, capture));
        transitions.exited(process.incarnation(), child.pid(), message);
        var id = process.incarnation();
        handle(new PoolEvent.Ended(id.worker().ordinal(), id.number(), status.get() instanceof ExitStatus.Killed));
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the output pump completes it in any case, and never with a failure
    private void reportLastLines(
            WorkerProcess process, long pid, Optional<ExitStatus> status, String message, OutputCapture capture) {
        capture.conclude(LAST_LINES_BOUND)
                .thenAccept(lines -> services.loop().post(() -> report(process, pid, status, message, lines)));
    }

    private void report(
            WorkerProcess process, long pid, Optional<ExitStatus> status, String message, List<String> lastLines) {
        var report = new ExitReport(
                process.incarnation(),
                pid,
                status,
                message,
                process.readySince().isPresent(),
                services.clock().instant(),
                lastLines);
        version++;
        lastExits.merge(process.incarnation().worker().ordinal(), report, PoolRuntime::newer);
    }

    /// Last lines may come after a later incarnation has ended too.
    private static ExitReport newer(ExitReport known, ExitReport report) {
        return report.incarnation().number() >= known.incarnation().number() ? report : known;
    }

    /// Whether the peer may join, and what it gets.
    Verdict admit(JoinRequest request, Incarnation incarnation) {
        var process = process(incarnation);
        if (process.isEmpty() || spec().template().protocol() != Template.Protocol.DROVER) {
            return new Verdict.Refused(JoinRefusal.NOT_EXPECTED, Services.NOT_EXPECTED);
        }
        var refused = process.get().check(request);
        if (refused.isPresent()) {
            return refused.get();
        }
        var handles = new ArrayList<Handle>();
        for (var socket : sockets) {
            handles.add(new Handle(
                    HandleKind.LISTENER,
                    socket.spec().name(),
                    socket.address(),
                    socket.spec().backlog(),
                    socket.listener(process.get().shard()).fd()));
        }
        return new Verdict.Admitted(
                spec().name(), services.newSecret(), services.newTransferId(), handles, peerEvents(process.get()));
    }

    private PeerEvents peerEvents(WorkerProcess process) {
        return new PeerEvents() {
            @Override
            public void joined(HandlePeer peer) {
                process.joined(peer);
            }

            @Override
            public void acknowledged(long transferId) {
                LOG.debug("Listeners taken over worker={}", process.incarnation());
            }

            @Override
            public void refused(long transferId, String message) {
                LOG.warn("Listeners refused worker={}: {}", process.incarnation(), message);
                tell(process, new Life.Event.StopOrdered());
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
            public void closed(String why) {
                process.left();
                services.loop().after(CHANNEL_LOST_BOUND, () -> channelLost(process, why));
            }
        };
    }

    private void channelLost(WorkerProcess process, String why) {
        if (processes.containsKey(process.incarnation())) {
            LOG.warn("Handle socket lost worker={}, the worker is replaced: {}", process.incarnation(), why);
            tell(process, new Life.Event.RetireOrdered(services.loop().nanoTime()));
        }
    }

    private NotifySocket.Listener notifications(WorkerProcess process) {
        return new NotifySocket.Listener() {
            @Override
            public void ready() {
                tell(process, new Life.Event.ReadyReported());
            }

            @Override
            public void stopping() {
                tell(process, new Life.Event.DrainingReported());
            }

            @Override
            public void status(String text) {
                version++;
                process.says(text);
            }
        };
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
                services.loop().after(MEND_DELAY, lost.socket()::check);
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
                        .keySet()
                        .forEach(ordinal -> services.loop().post(() -> handle(new PoolEvent.RestartOrdered(ordinal))));
            }
        }
    }

    /// Once a second.
    void tick() {
        sockets.forEach(PoolSocket::check);
        handle(new PoolEvent.Ticked());
    }

    Snapshot.Pool snapshot() {
        return new PoolView(
                        state,
                        sockets,
                        processes,
                        lastExits,
                        conditions.all(),
                        version,
                        services.loop().nanoTime())
                .build();
    }
}
