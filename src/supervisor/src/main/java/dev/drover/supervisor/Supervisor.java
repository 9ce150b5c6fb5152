package dev.drover.supervisor;

import static java.util.Objects.requireNonNull;

import dev.drover.handoff.HandleServer;
import dev.drover.posix.KernelFeatures;
import dev.drover.session.HeartbeatPace;
import dev.drover.session.Messenger;
import dev.drover.session.SessionServer;
import dev.drover.session.Switchboard;
import dev.drover.supervisor.health.NetworkProber;
import dev.drover.supervisor.journal.Journal;
import dev.drover.supervisor.metrics.AppMetrics;
import dev.drover.supervisor.output.OutputLog;
import dev.drover.supervisor.output.OutputPump;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import dev.drover.supervisor.pool.PoolEvent;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import dev.drover.supervisor.socket.PoolSocket;
import dev.drover.supervisor.socket.SocketOpenException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Owns pools: opens their sockets, forks their workers, hands them the sockets, replaces those that die, and stops
/// them in order.
///
/// Usable from any thread but not from the supervisor's own callbacks; calls wait for its loop, a minute at
/// most. One process may hold several, each with a run directory of its own, but only one may reap orphans.
public final class Supervisor implements AutoCloseable {
    /// The loop never blocks, but on a machine that is overloaded many times over it may have to wait for its turn, as
    /// when hundreds of workers start at once: only one that does not answer in this time is broken.
    static final Duration ANSWER_BOUND = Duration.ofSeconds(60);

    private static final Duration TICK = Duration.ofSeconds(1);

    /// Until the kernel has ended the process group of a dead worker, and given us what had left that.
    private static final Duration STRAYS_DELAY = Duration.ofMillis(100);

    /// How often silent strangers on the handle socket are looked at.
    private static final Duration EXPIRE_INTERVAL = Duration.ofMillis(250);

    private final SupervisorOptions options;
    private final RunDirectory runDirectory;
    private final Loop loop = new Loop();
    private final Guard guard = new Guard();
    private final OutputPump pump;
    private final RefusalLog refusals = new RefusalLog();
    private final Tickets tickets = new Tickets();
    private final EventFeed events = new EventFeed();
    private final Journal journal = new Journal(InstantSource.system());
    private final WorkerGate gate = new WorkerGate(loop, tickets, refusals, this::runtime);
    private final SessionServer sessions;
    private final Spawner spawner;
    private final NetworkProber prober = new NetworkProber();
    private final MemoryMeter memory = new MemoryMeter();
    private final Measuring usage = new Measuring();
    private final AppMetrics metrics = new AppMetrics();
    private final Services services;
    private final Deaths deaths = new Deaths(OomKills.own(), this::processes);
    private final Orphans orphans = new Orphans(this::knows);
    private final Ending ending;

    /// Published by the start to the end.
    private volatile Optional<Thread> atExit = Optional.empty();

    // All below belongs to the loop.
    private final SortedMap<String, PoolRuntime> pools = new TreeMap<>();
    private Optional<String> filesRefused = Optional.empty();
    private final Forks forks;
    private final Removals removals;
    private final GuardWatch guards = new GuardWatch(loop, guard);

    private final List<ListeningSocket> listening = new ArrayList<>();
    private Optional<HandleServer> handles = Optional.empty();

    private Supervisor(SupervisorOptions options, RunDirectory runDirectory) {
        this.options = options;
        this.runDirectory = runDirectory;
        this.sessions = openSessions();
        this.pump = new OutputPump(options.output(), InstantSource.system());
        this.spawner = new Spawner(pump, guard);
        this.services = new Services(
                loop,
                InstantSource.system(),
                runDirectory,
                options.environment(),
                () -> options.sharesMachine() ? Optional.of(jvmShare()) : Optional.empty(),
                spawner,
                prober,
                memory,
                guard,
                new SecureRandom(),
                new AtomicLong(),
                tickets,
                () -> HeartbeatPace.of(wantedWorkers()),
                this::happened,
                () -> filesRefused,
                deaths,
                metrics,
                journal);
        var lastChildren = options.reapOrphans() ? Optional.of(orphans) : Optional.<Orphans>empty();
        this.ending = new Ending(services, pools.values(), guards, lastChildren, this::finish);
        this.forks = new Forks(loop, pools, sessions.switchboard(), ending::begun);
        this.removals = new Removals(services, pools, sessions.switchboard(), ending::begun);
    }

    private JvmShare jvmShare() {
        return JvmShare.of(wantedWorkers(), Runtime.getRuntime().availableProcessors());
    }

    private int wantedWorkers() {
        return pools.values().stream().mapToInt(pool -> pool.spec().replicas()).sum();
    }

    private SessionServer openSessions() {
        try {
            return SessionServer.start(runDirectory.session(), options.messages(), gate);
        } catch (IOException failure) {
            throw new SupervisorException(
                    "cannot listen at " + runDirectory.session() + ": " + failure.getMessage(), failure);
        }
    }

    /// Begins to work as the parent in a program of its own, in a directory of its own that goes with its end.
    /// What the workers write comes out at the program's own output ([SupervisorOptions#in]). When the program is
    /// told to end (TERM, INT) or exits, the workers are stopped first, as by [#close].
    ///
    /// @throws SupervisorException when no directory can be made
    public static Supervisor start() {
        var runDirectory = RunDirectory.temporary();
        var supervisor = start(SupervisorOptions.in(runDirectory.root()), runDirectory);
        supervisor.closeAtExit();
        return supervisor;
    }

    private void closeAtExit() {
        var hook = Thread.ofPlatform().name("drover-exit").unstarted(this::close);
        atExit = Optional.of(hook);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Loads what every start needs, which is most of the time it takes: for a program that has something else to do
    /// before it starts one, and a processor for this meanwhile. Idempotent; any thread.
    public static void prepare() {
        SessionServer.prepare();
    }

    /// Takes the run directory and begins to work; there is no pool yet.
    ///
    /// @throws SupervisorException when the run directory cannot be had
    public static Supervisor start(SupervisorOptions options) {
        return start(options, RunDirectory.open(options.runDirectory()));
    }

    /// @param runDirectory owned from now on, given back when the start fails
    static Supervisor start(SupervisorOptions options, RunDirectory runDirectory) {
        try {
            var supervisor = new Supervisor(options, runDirectory);
            try {
                supervisor.loop.start();
                supervisor.loop.ask(supervisor::begin, ANSWER_BOUND);
                return supervisor;
            } catch (RuntimeException failure) {
                supervisor.abandon();
                throw failure;
            }
        } catch (SupervisorException told) {
            runDirectory.close();
            throw told;
        } catch (RuntimeException failure) {
            runDirectory.close();
            throw new SupervisorException("cannot start the supervisor: " + failure.getMessage(), failure);
        }
    }

    /// The start has failed: no pool has been opened yet.
    private void abandon() {
        loop.post(() -> {
            guards.end();
            handles.ifPresent(HandleServer::close);
            loop.end();
        });
        spawner.close();
        pump.close();
        sessions.close();
        usage.close();
        events.close();
    }

    /// Forks one worker that is not replaced when it ends: `child_process.fork` of Node. Returns when that is under
    /// way; whether it could be started tells [ForkedWorker#exited].
    ///
    /// @throws SupervisorException when there is a fork or a pool of that name, or this is stopping
    public ForkedWorker fork(Fork fork) {
        return loop.ask(() -> forkOnLoop(fork), ANSWER_BOUND);
    }

    private ForkedWorker forkOnLoop(Fork fork) {
        if (ending.begun()) {
            throw new SupervisorException(List.of("cannot fork " + fork.name() + ": the supervisor is stopping"));
        }
        var forked = forks.open(fork, spec -> openOnLoop(List.of(spec)));
        return new ForkedWorker(this, forks, forked);
    }

    /// Opens a socket of the program's own: to be passed to workers, or accepted from beside them. It is closed
    /// with the supervisor.
    ///
    /// @param name under which workers get it
    /// @param address an [java.net.InetSocketAddress] (port 0: the kernel chooses) or a
    ///     [java.net.UnixDomainSocketAddress]
    /// @throws SupervisorException when it cannot be opened; the message tells why
    public ListeningSocket listen(String name, SocketAddress address) {
        var spec = SocketSpec.of(name, address, SocketSpec.Distribution.SHARED);
        return loop.ask(
                () -> {
                    try {
                        var opened = new ListeningSocket(loop, PoolSocket.open(spec, 1), listening::remove);
                        listening.add(opened);
                        return opened;
                    } catch (SocketOpenException failure) {
                        throw new SupervisorException(List.of(String.valueOf(failure.getMessage())));
                    }
                },
                ANSWER_BOUND);
    }

    boolean isOnLoop() {
        return loop.isCurrent();
    }

    /// @param what for people: what cannot be done there
    void assertNotOnLoop(String what) {
        if (loop.isCurrent()) {
            throw new IllegalStateException("cannot " + what
                    + " in a handler of connections: it would hold up the supervisor; do it on another thread");
        }
    }

    /// Tells what happens to workers from now on, in order, on a thread of its own. A listener may block; while
    /// 16 384 events wait for it, further ones are left out, and the log tells so.
    public void onEvent(Consumer<WorkerEvent> listener) {
        events.listen(listener);
    }

    /// What happened lately, to pools and workers; whoever embeds this may note there too.
    public Journal journal() {
        return journal;
    }

    /// What the applications of all workers measure; whoever embeds this may report there too.
    public AppMetrics metrics() {
        return metrics;
    }

    /// What workers have written lately, and what they write.
    public OutputLog log() {
        return pump.log();
    }

    private void happened(WorkerEvent event) {
        if (event instanceof WorkerEvent.Exited) {
            loop.after(STRAYS_DELAY, this::killStrays);
        }
        forks.happened(event);
        events.publish(event);
    }

    /// Says something to workers and programs, and takes what they say to the parent: the parent of a child
    /// process in Node's sense.
    public Messenger messages() {
        return sessions.switchboard().parent();
    }

    /// Who is connected with whom: for programs outside that want to be a parent too.
    public Switchboard switchboard() {
        return sessions.switchboard();
    }

    /// What the kernel under us can do.
    public static KernelFeatures features() {
        return KernelFeatures.probe();
    }

    private boolean begin() {
        if (options.reapOrphans()) {
            Orphans.adopt();
        }
        handles = Optional.of(new HandleServer(runDirectory.handles(), loop.poller(), loop::nanoTime, gate));
        events.start();
        if (Guard.needed()) {
            guards.start();
        }
        loop.after(TICK, this::tick);
        loop.after(EXPIRE_INTERVAL, this::expire);
        return true;
    }

    private void tick() {
        refusals.tick();
        deaths.tick(loop.nanoTime());
        pools.values().forEach(PoolRuntime::tick);
        reap();
        killStrays();
        pump.log().keepOnly(places()::contains);
        loop.after(TICK, this::tick);
    }

    private Set<WorkerId> places() {
        return pools.values().stream()
                .map(PoolRuntime::state)
                .flatMap(state -> state.ordinals().stream()
                        .map(ordinal -> new WorkerId(state.spec().name(), ordinal)))
                .collect(Collectors.toSet());
    }

    private void expire() {
        handles.ifPresent(HandleServer::expire);
        loop.after(EXPIRE_INTERVAL, this::expire);
    }

    /// Opens the sockets of these pools and starts their workers: all of them or, when a socket cannot be opened,
    /// none.
    ///
    /// @throws SupervisorException with a line for each socket that cannot be opened, or pool that exists already
    public void open(List<PoolSpec> specs) {
        loop.ask(() -> openOnLoop(specs), ANSWER_BOUND);
    }

    private boolean openOnLoop(List<PoolSpec> specs) {
        var problems = new ArrayList<String>();
        var opened = new TreeMap<String, PoolSockets>();
        for (var spec : specs) {
            if (ending.begun()) {
                problems.add("cannot open pool " + spec.name() + ": the supervisor is stopping");
            } else if (pools.containsKey(spec.name()) || opened.containsKey(spec.name())) {
                problems.add("cannot open pool " + spec.name() + ": there is one of that name");
            } else {
                opened.put(spec.name(), PoolSockets.open(spec, problems));
            }
        }
        if (!problems.isEmpty()) {
            opened.values().forEach(PoolSockets::close);
            throw new SupervisorException(problems);
        }
        for (var spec : specs) {
            PoolRuntime.start(services, spec, requireNonNull(opened.get(spec.name())), false, pools);
        }
        return true;
    }

    /// Where a socket of a pool listens, with the port the kernel chose.
    ///
    /// @throws SupervisorException when there is no such pool or socket
    public SocketAddress address(String pool, String socket) {
        return snapshot().pools().stream()
                .filter(found -> found.spec().name().equals(pool))
                .flatMap(found -> found.sockets().stream())
                .filter(found -> found.name().equals(socket))
                .findFirst()
                .map(Snapshot.Socket::address)
                .orElseThrow(() -> new SupervisorException(
                        List.of("cannot find socket " + socket + " of pool " + pool + ": there is none")));
    }

    private Optional<PoolRuntime> runtime(String name) {
        return Optional.ofNullable(pools.get(name));
    }

    /// Forks are no pools to who steers those: they are started once and end once. Nor is one that is on its way
    /// out.
    private Optional<PoolRuntime> pool(String name) {
        return runtime(name).filter(_ -> !forks.contains(name) && !removals.contains(name));
    }

    /// What everything looks like now.
    public Snapshot snapshot() {
        return loop.ask(this::snapshotOnLoop, ANSWER_BOUND);
    }

    private Snapshot snapshotOnLoop() {
        return new Snapshot(pools.values().stream().map(PoolRuntime::snapshot).toList(), ending.begun());
    }

    /// What can be measured now. What processes use is at most [UsageMeter#FRESH] old.
    ///
    /// @param bound how long to wait, for the loop and for the kernel, together
    /// @throws SupervisorException when the loop does not answer in that time
    public Measures measure(Duration bound) {
        long begun = System.nanoTime();
        var seen = loop.ask(
                () -> new Measures(
                        snapshotOnLoop(),
                        loop.waits(),
                        pools.values().stream().map(PoolRuntime::measures).toList(),
                        Optional.empty()),
                bound);
        return usage.complete(seen, bound.minusNanos(System.nanoTime() - begun));
    }

    /// Wants these pools and no others: whole or, when some of it cannot be done, not at all; forks are let alone.
    ///
    /// Sockets that are new are opened before anything else is touched. A pool that is gone lets nobody in any
    /// more; what waits is served, its workers get its grace, then its sockets are closed. A socket that is new is
    /// given to the workers that run, one that is gone is taken back from them when it has run dry; that needs
    /// workers that speak Drover, and sockets that are not Dispatched. Until what was removed is closed, its names
    /// and addresses are taken.
    public ChangeOutcome change(List<PoolSpec> specs) {
        return change(_ -> specs);
    }

    /// The same of what is wanted at that moment: nothing comes between its look and the change.
    ///
    /// @param wish from what is wanted, by name, to what shall be; called on the loop, which it must not hold up
    public ChangeOutcome change(UnaryOperator<List<PoolSpec>> wish) {
        return loop.ask(
                () -> ending.begun()
                        ? new ChangeOutcome.Refused(List.of("cannot change pools: the supervisor is stopping"))
                        : poolChange().apply(wish),
                ANSWER_BOUND);
    }

    /// What [#change(UnaryOperator)] would do; does nothing.
    public Plan plan(UnaryOperator<List<PoolSpec>> wish) {
        return loop.ask(() -> poolChange().plan(wish), ANSWER_BOUND);
    }

    /// Shows in the status of every pool that what was to be wanted could not be read, or done; empty: it can again.
    ///
    /// @param why a sentence for people
    public void filesRefused(Optional<String> why) {
        loop.post(() -> {
            filesRefused = why;
            pools.values().forEach(PoolRuntime::refreshConditions);
        });
    }

    private PoolChange poolChange() {
        return new PoolChange(services, pools, forks::contains, removals);
    }

    /// Replaces a worker; returns when that is under way.
    ///
    /// @return false when there is no such worker in a pool; a fork is never replaced
    public boolean restart(WorkerId worker) {
        return loop.ask(
                () -> {
                    var pool = pool(worker.pool());
                    if (pool.isEmpty()
                            || worker.ordinal() < 0
                            || worker.ordinal() >= pool.get().spec().replicas()) {
                        return false;
                    }
                    pool.get().handle(new PoolEvent.RestartOrdered(worker.ordinal()));
                    return true;
                },
                ANSWER_BOUND);
    }

    /// Sends a signal to the process of a worker, where there are several incarnations to the newest.
    public SignalOutcome signal(WorkerId worker, int signal) {
        return loop.ask(
                () -> pool(worker.pool())
                        .filter(pool -> pool.hasPlace(worker.ordinal()))
                        .map(pool -> pool.signal(worker, signal))
                        .orElseGet(SignalOutcome.NoSuchWorker::new),
                ANSWER_BOUND);
    }

    /// Orders something of a pool's rollout; returns when that is under way.
    ///
    /// @return what became of it, empty when there is no such pool
    public Optional<RolloutOutcome> rollout(String pool, RolloutOrder order) {
        return loop.ask(
                () -> pool(pool).flatMap(found -> found.handle(new PoolEvent.RolloutOrdered(order))), ANSWER_BOUND);
    }

    /// Wants so many workers more or fewer, within 0 and [PoolSpec#MAX_REPLICAS].
    ///
    /// @return false when there is no such pool
    public boolean scaleBy(String pool, int delta) {
        return scale(pool, now -> Math.clamp((long) now + delta, 0, PoolSpec.MAX_REPLICAS))
                .isPresent();
    }

    /// Wants so many workers.
    ///
    /// @param replicas within 0 and [PoolSpec#MAX_REPLICAS]
    /// @return how many were wanted before, empty when there is no such pool
    public OptionalInt scale(String pool, int replicas) {
        if (replicas < 0 || replicas > PoolSpec.MAX_REPLICAS) {
            throw new IllegalArgumentException("cannot scale pool " + pool + ": replicas " + replicas
                    + " is not within 0.." + PoolSpec.MAX_REPLICAS);
        }
        return scale(pool, _ -> replicas);
    }

    private OptionalInt scale(String name, IntUnaryOperator wish) {
        return loop.ask(
                () -> {
                    var pool = pool(name);
                    if (pool.isEmpty()) {
                        return OptionalInt.empty();
                    }
                    var spec = pool.get().spec();
                    int wanted = wish.applyAsInt(spec.replicas());
                    if (wanted != spec.replicas()) {
                        PoolChange.note(journal, new Operation.Scale(name, spec.replicas(), wanted));
                        pool.get().handle(new PoolEvent.SpecChanged(spec.withReplicas(wanted)));
                    }
                    return OptionalInt.of(spec.replicas());
                },
                ANSWER_BOUND);
    }

    /// Begins to stop; returns at once. Said again it changes nothing.
    ///
    /// @param lameDuck how long to serve on, not ready
    /// @param grace for everything after that; empty: the longest of the pools'
    public void beginStop(Duration lameDuck, Optional<Duration> grace) {
        ending.beginStop(lameDuck, grace);
    }

    /// Begins to finish what is in hand as the stop does, and then waits to be stopped; returns at once. Said again, or
    /// after a stop was begun, it changes nothing. It cannot be taken back.
    ///
    /// @param lameDuck how long to serve on, not ready
    /// @param grace for everything after that; empty: the longest of the pools'
    public void beginDrain(Duration lameDuck, Optional<Duration> grace) {
        ending.beginDrain(lameDuck, grace);
    }

    /// Whether a stop was begun: workers that end are on their way out, and nothing can be forked any more.
    public boolean isStopping() {
        return ending.isAsked();
    }

    /// Leaves out what the stop, or the drain, is waiting for: first the lame-duck time and the queues, then the grace.
    public void hasten() {
        ending.hasten();
    }

    /// Waits until no worker is left of a drain or stop that was begun.
    public StopOutcome awaitDrained() throws InterruptedException {
        return ending.awaitDrained();
    }

    /// Waits for the end of the stop that was begun.
    public StopOutcome awaitStopped() throws InterruptedException {
        return ending.awaitStopped();
    }

    /// Looks for orphans now: for whoever sees SIGCHLD. They are looked for once a second anyway.
    public void reapOrphansNow() {
        loop.post(this::reap);
    }

    /// Where its sockets live.
    public Path runDirectory() {
        return runDirectory.root();
    }

    /// Stops everything in order, if that was not begun before, and waits: workers are told to stop, and killed when
    /// their grace is over. An interrupt has them killed at once and does not wait.
    @Override
    public void close() {
        assertNotOnLoop("close the supervisor");
        beginStop(Duration.ZERO, Optional.empty());
        try {
            awaitStopped();
        } catch (InterruptedException interrupted) {
            // The first leaves out the queues, the second the grace.
            hasten();
            hasten();
            Thread.currentThread().interrupt();
        }
    }

    /// A process that was just made is not known before its spawn is accounted for: nobody is reaped until then.
    private void reap() {
        if (options.reapOrphans() && pools.values().stream().noneMatch(PoolRuntime::spawning) && orphans.reap()) {
            loop.post(this::reap);
        }
    }

    private Stream<WorkerProcess> processes() {
        return pools.values().stream().flatMap(PoolRuntime::processes);
    }

    private void killStrays() {
        if (options.reapOrphans()) {
            orphans.killStrays(token -> pools.values().stream().anyMatch(pool -> pool.hasToken(token)));
        }
    }

    private boolean knows(long pid) {
        return guards.owns(pid) || pools.values().stream().anyMatch(pool -> pool.owns(pid));
    }

    private void finish(StopOutcome outcome) {
        pools.values().forEach(PoolRuntime::close);
        forks.close();
        List.copyOf(listening).forEach(ListeningSocket::closeOnLoop);
        handles.ifPresent(HandleServer::close);
        loop.end();
        Thread.ofPlatform().name("drover-end").start(() -> giveBack(outcome));
    }

    /// The output may take a while to be written: that is not the loop's to wait for.
    private void giveBack(StopOutcome outcome) {
        try {
            spawner.close();
            pump.close();
            prober.close();
            memory.close();
            usage.close();
            sessions.close();
            events.close();
            runDirectory.close();
            atExit.ifPresent(Supervisor::forgetExit);
            ending.ended(outcome);
        } catch (RuntimeException failure) {
            ending.failed(failure);
        }
    }

    private static void forgetExit(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The program is exiting: it is this hook that has brought us here.
        }
    }
}
