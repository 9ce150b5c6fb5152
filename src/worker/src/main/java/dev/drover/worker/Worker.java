package dev.drover.worker;

import dev.drover.handoff.HandleClient;
import dev.drover.handoff.HandoffException;
import dev.drover.handoff.Joined;
import dev.drover.handoff.Received;
import dev.drover.protocol.worker.v1.MetricsReport;
import dev.drover.session.Load;
import dev.drover.session.Messenger;
import dev.drover.session.SessionClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// This process as a worker of a Drover master.
///
///     var worker = Worker.join();
///     var drain = new HttpDrain(HttpLimits.defaults());
///     worker.onDrain(drain::drain);
///     serve(worker.listener("http"), drain);
///     worker.ready();
///
/// Connections of a Dispatched socket come one by one instead, to the handler of [#onConnection].
///
/// When the stop signal (TERM or INT) comes, or the master is gone, the master is told that this worker drains,
/// the callbacks of [#onDrain] run and the process exits with 0, after the program's shutdown hooks. Without a
/// master the whole takes at most 2 s. A second signal ends the process at once with 128 + its number. The
/// handlers of the two signals are installed by [#join].
///
/// Beside serving it opens a session with the master, over which it says and takes messages and gives signs of
/// life. A session that cannot be opened, or ends, costs the messages and nothing else: the worker serves on.
///
/// Thread-safe. One per process.
public final class Worker implements AutoCloseable {
    /// Protects the start against a master that hangs; the master itself gives up on a silent worker after 5 s.
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(5);

    private final WorkerEnvironment environment;
    private final HandleClient handles;
    private final String pool;
    private final List<WorkerListener> listeners;
    private final WorkerConnections connections;
    private final PassedListeners passed;
    private final HandleReader reader;
    private final Departure departure;
    private final SessionClient session;
    private final KeepAlive keepAlive = new KeepAlive();
    private final Messenger messages;

    /// Published by `close()` to the thread that reads handles.
    private volatile boolean closed;

    private Worker(WorkerEnvironment environment, HandleClient handles, Joined joined, ProcessEnd end) {
        this.environment = environment;
        this.handles = handles;
        this.pool = joined.pool();
        this.listeners = joined.listeners().stream().map(WorkerListener::new).toList();
        this.connections = new WorkerConnections(handles, joined.dispatchedSockets());
        this.passed = new PassedListeners(handles);
        this.reader = new HandleReader(handles, connections, passed, this::giveBack, this::handlesEnded);
        this.session = new SessionClient(environment.sessionSocket(), joined.ticket(), environment.incarnation());
        this.departure = new Departure(this::announceDrain, new LastWords(session, end), Departure.WITHOUT_MASTER);
        this.messages = new WorkerMessenger(session.messenger(), keepAlive);
        var _ = session.ended().thenAccept(this::sessionEnded);
    }

    private void sessionEnded(String why) {
        if (!closed && !departure.hasBegun()) {
            System.getLogger(Worker.class.getName()).log(System.Logger.Level.WARNING, "Without a session: " + why);
        }
    }

    /// Joins the master that started this process and takes over its listeners.
    ///
    /// @throws WorkerException when no master started this process
    /// @throws dev.drover.handoff.HandoffException when the master cannot be reached, refuses, or does not answer
    ///     in 5 s
    public static Worker join() {
        return join(System.getenv(), ProcessEnd.JVM, departure -> StopSignals.listen(departure::signalled));
    }

    /// Joins without listening for signals.
    static Worker join(Map<String, String> variables, ProcessEnd end) {
        return join(variables, end, departure -> {});
    }

    /// @param listen listens for signals: before the master hears that the listeners are here, and may say stop
    private static Worker join(Map<String, String> variables, ProcessEnd end, Consumer<Departure> listen) {
        var environment = WorkerEnvironment.of(variables);
        var handles = HandleClient.connect(environment.handlesSocket(), JOIN_TIMEOUT);
        try {
            var joined =
                    handles.join(environment.worker(), environment.incarnation(), environment.token(), JOIN_TIMEOUT);
            var worker = new Worker(environment, handles, joined, end);
            listen.accept(worker.departure);
            handles.acknowledge(joined.transferId());
            worker.reader.start();
            return worker;
        } catch (RuntimeException failure) {
            handles.close();
            throw failure;
        }
    }

    /// Of the connection to the master, by whichever side.
    private void handlesEnded() {
        if (!closed) {
            departure.masterGone();
        }
    }

    /// There may be several, or none any more: all are closed before it is acknowledged.
    private void giveBack(Received.Withdrawn wanted) {
        var found = new ArrayList<>(passed.release(wanted.socketName(), wanted.address()));
        listeners.stream()
                .filter(listener -> listener.is(wanted.socketName(), wanted.address()))
                .forEach(found::add);
        var open = new AtomicInteger(found.size() + 1);
        Runnable one = () -> {
            if (open.decrementAndGet() == 0) {
                answer(() -> handles.acknowledge(wanted.transferId()));
            }
        };
        try {
            found.forEach(listener -> listener.giveBack(one));
            one.run();
        } catch (RuntimeException failure) {
            answer(() -> handles.refuse(wanted.transferId(), "cannot close " + wanted.socketName() + ": " + failure));
        }
    }

    private static void answer(Runnable answer) {
        try {
            answer.run();
        } catch (HandoffException gone) {
            System.getLogger(Worker.class.getName())
                    .log(System.Logger.Level.DEBUG, "A withdrawal was not answered", gone);
        }
    }

    /// Whoever is registered for the drain finds every connection known to its server.
    private void announceDrain() {
        connections.refuseFromNowOn();
        try {
            handles.draining();
        } finally {
            connections.awaitSettled();
        }
    }

    /// `web-0`.
    public String name() {
        return environment.worker();
    }

    /// The pool it belongs to.
    public String pool() {
        return pool;
    }

    /// Its number in the pool, from 0.
    public int ordinal() {
        return environment.ordinal();
    }

    /// Which process this is of those that have filled the place, from 1.
    public int incarnation() {
        return environment.incarnation();
    }

    /// What its pool listened on when it joined; may be empty. What is added later comes to [#onListener]; what the
    /// pool has no more is closed, see [WorkerListener].
    public List<WorkerListener> listeners() {
        return listeners;
    }

    /// @param socketName the pool's name of the socket, `http`
    /// @throws WorkerException when the pool has no such socket; the message names those it has
    public WorkerListener listener(String socketName) {
        if (connections.sockets().contains(socketName)) {
            throw new WorkerException("cannot find listener " + socketName + " of " + name()
                    + ": that socket is Dispatched, its connections come to the handler of onConnection");
        }
        return listeners.stream()
                .filter(listener -> listener.socketName().equals(socketName))
                .findFirst()
                .orElseThrow(() -> new WorkerException("cannot find listener " + socketName + " of " + name()
                        + ": it has "
                        + listeners.stream().map(WorkerListener::socketName).toList()));
    }

    /// The names of the pool's Dispatched sockets; may be empty. Each needs an [#onConnection].
    public List<String> dispatchedSockets() {
        return connections.sockets();
    }

    /// Registers who takes the connections of a Dispatched socket. To be called before [#ready].
    ///
    ///     worker.onConnection("http", connection -> connection.nettyChannel(group, initializer));
    ///
    /// The master has accepted the connection and given it to this worker alone. It is acknowledged before the
    /// handler is called; while this worker drains it is refused instead and goes to another.
    ///
    /// @param socketName the pool's name of the socket, `http`
    /// @throws WorkerException when the pool has no Dispatched socket of that name; the message names those it has
    /// @throws IllegalStateException when there is a handler for it already
    public void onConnection(String socketName, ConnectionHandler handler) {
        connections.register(socketName, handler);
    }

    /// Registers who takes the connections of every socket without a handler of its own: those that a parent passes
    /// to this worker alone, and those of Dispatched sockets that are added to its pool while it runs. Without it
    /// such are refused, and for a socket of its pool the worker is replaced by one that finds it among its
    /// [#dispatchedSockets]. Otherwise as [#onConnection(String, ConnectionHandler)].
    public void onConnection(ConnectionHandler handler) {
        connections.registerOthers(handler);
        keepAlive.begin();
    }

    /// Registers who takes the listeners that this worker gets while it runs: of sockets that are added to its
    /// pool, and those that a parent passes. It is called on the thread that receives them and must not block.
    /// Without it they are refused: those of a parent stay the parent's, and for a socket of its pool the worker is
    /// replaced by one that finds it among its [#listeners]. To be registered right after [#join].
    ///
    ///     worker.onListener(listener -> serve(listener, drain));
    ///
    /// @throws IllegalStateException when there is one already
    public void onListener(Consumer<WorkerListener> handler) {
        passed.register(handler);
        keepAlive.begin();
    }

    /// Tells the master that this worker serves: from now on connections are sent to it, its Netty listeners
    /// accept, and its handlers of messages are called. With Dispatched sockets it also keeps the process alive
    /// until it leaves. Said again it changes nothing.
    ///
    /// @throws WorkerException when there is a Dispatched socket without an [#onConnection]
    public void ready() {
        connections.checkComplete();
        if (!departure.hasBegun()) {
            if (!dispatchedSockets().isEmpty()) {
                keepAlive.begin();
            }
            handles.ready();
            listeners.forEach(WorkerListener::becomeReady);
            passed.becomeReady();
            session.handle();
            var _ = session.open();
        }
    }

    /// Says and takes messages. The session is opened with the first of them, or by [#ready], beside serving; what
    /// is said before it is open waits for it. Handlers are called from [#ready] on, and as long as there is one
    /// the process stays alive.
    public Messenger messages() {
        return messages;
    }

    /// On which loop this worker receives what the master gives it: connections come to [#onConnection], listeners to
    /// [#onListener] there, several at a time where several have come. Without it a thread of its own does, and a
    /// connection that is served on another changes threads, which costs more than all else about it. A loop that
    /// hangs takes nothing: the worker is killed, and its connections go to others.
    ///
    ///     worker.receiveBy(loops);
    ///
    /// @param loop the loop that serves, or a group of them that take turns; runs one task after the other, soon
    public void receiveBy(Executor loop) {
        reader.readBy(loop);
    }

    /// Who gives the signs of life of this worker: the loop that serves, so that one that hangs is found. Without
    /// it a thread of the session's own does, which shows that the process runs and no more.
    public void heartbeatBy(Executor loop) {
        session.heartbeatBy(loop);
    }

    /// What the signs of life tell from now on. Asked on the loop of [#heartbeatBy].
    public void reportLoad(Supplier<Load> current) {
        session.reportLoad(current);
    }

    /// What is told of the application's metrics.
    void reportMetrics(Supplier<MetricsReport> current) {
        session.reportMetrics(current);
    }

    /// Tells a line for people, which the master shows beside this worker; cut at 256 characters. Lost without a
    /// session.
    public void status(String text) {
        session.status(text);
    }

    /// Registers what is to happen when this worker leaves. The callbacks run one after the other in the order of
    /// registration, each once, on one thread of their own; they may block as long as the pool's grace allows.
    public void onDrain(Runnable callback) {
        departure.onDrain(callback);
    }

    /// Leaves of its own wish, as at the stop signal; returns at once, and the process exits when the drain is
    /// done.
    public void drain() {
        departure.begin();
    }

    /// Leaves the master without a drain and without the end of the process: closes the connection to it and the
    /// listeners nobody took. What was taken serves on.
    @Override
    public void close() {
        closed = true;
        listeners.forEach(WorkerListener::closeUnlessTaken);
        passed.close();
        keepAlive.end();
        session.close();
        connections.close();
        handles.close();
    }

    @Override
    public String toString() {
        return environment.toString();
    }
}
