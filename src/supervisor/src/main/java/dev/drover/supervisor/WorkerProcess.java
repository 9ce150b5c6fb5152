package dev.drover.supervisor;

import dev.drover.handoff.Admission;
import dev.drover.handoff.HandlePeer;
import dev.drover.handoff.JoinRequest;
import dev.drover.handoff.Verdict;
import dev.drover.posix.ChildProcess;
import dev.drover.posix.Poller;
import dev.drover.posix.PosixException;
import dev.drover.posix.Processes;
import dev.drover.posix.Signals;
import dev.drover.session.WorkerSession;
import dev.drover.supervisor.output.OutputCapture;
import dev.drover.supervisor.socket.PoolSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// What the system knows of one incarnation: its process, its connection, its output. Belongs to the loop.
final class WorkerProcess {
    private final Incarnation incarnation;
    private final Template template;
    private final int shard;
    private final String token;
    private final Instant startedAt;
    private final double chance;
    private Optional<ChildProcess> child = Optional.empty();
    private Optional<Poller.Registration> exitWatch = Optional.empty();
    private Optional<OutputCapture> capture = Optional.empty();
    private Optional<NotifySocket> notify = Optional.empty();
    private Optional<HandlePeer> peer = Optional.empty();
    private Optional<Admission> admission = Optional.empty();
    private Optional<String> ticket = Optional.empty();
    private Optional<WorkerSession> session = Optional.empty();
    private Optional<Long> groupOfEarlyJoin = Optional.empty();
    private Optional<Instant> readySince = Optional.empty();
    private Optional<String> killedBecause = Optional.empty();
    private final Set<PoolSocket> inherited = new HashSet<>();
    private OptionalLong watchdogNanos = OptionalLong.empty();
    private long joinedPid;
    private boolean unready;
    private boolean saidReady;
    private boolean killSent;
    private String statusText = "";

    /// @param template what it was started from, which the pool may have left behind
    /// @param chance 0 to 1, by which what is done to several at a time is spread
    WorkerProcess(
            Incarnation incarnation, Template template, int shard, String token, Instant startedAt, double chance) {
        this.incarnation = incarnation;
        this.template = template;
        this.shard = shard;
        this.token = token;
        this.startedAt = startedAt;
        this.chance = chance;
    }

    Incarnation incarnation() {
        return incarnation;
    }

    int shard() {
        return shard;
    }

    String token() {
        return token;
    }

    Template template() {
        return template;
    }

    /// It has that socket from its start to its end.
    void inherited(PoolSocket socket) {
        inherited.add(socket);
    }

    boolean inherits(PoolSocket socket) {
        return inherited.contains(socket);
    }

    /// Tells it to stop.
    void stop() {
        killSent |= template.stopSignal() == Signals.SIGKILL;
        child.ifPresent(process -> {
            process.signal(template.stopSignal());
            // A stopped process takes no signal but KILL before it goes on.
            process.signalGroup(Signals.SIGCONT);
        });
    }

    /// Kills it.
    void kill() {
        killSent = true;
        killGroup();
    }

    /// Sends a signal to it alone.
    ///
    /// @return its pid; empty where it has no process
    OptionalLong signal(int signal) {
        if (child.filter(process -> process.signal(signal)).isEmpty()) {
            return OptionalLong.empty();
        }
        killSent |= signal == Signals.SIGKILL;
        return OptionalLong.of(child.get().pid());
    }

    /// Whether we have sent it a SIGKILL: then that is why it died.
    boolean killSent() {
        return killSent;
    }

    /// Kills what is left of its process group.
    void killGroup() {
        child.ifPresent(process -> process.signalGroup(Signals.SIGKILL));
    }

    /// Notes why it is killed, to be told with its end.
    void toBeKilled(String why) {
        killedBecause = Optional.of(why);
    }

    Optional<String> killedBecause() {
        return killedBecause;
    }

    /// Whether it is the forked process itself that has joined, and not a child of it, such as a program started
    /// by a shell.
    boolean joinedItself() {
        return child.filter(process -> process.pid() == joinedPid).isPresent();
    }

    Instant startedAt() {
        return startedAt;
    }

    double chance() {
        return chance;
    }

    Optional<Instant> readySince() {
        return readySince;
    }

    void becameReady(Instant now) {
        readySince = Optional.of(now);
        unready = false;
    }

    /// It was ready and is not now.
    void becameUnready() {
        unready = true;
    }

    /// Whether it has not been told of as ready since it was last not.
    boolean isNewsThatItIsReady() {
        return unready || readySince.isEmpty();
    }

    /// It says that it is ready.
    void saysReady() {
        saidReady = true;
    }

    boolean hasSaidReady() {
        return saidReady;
    }

    /// It has given a sign of life over its notification socket.
    void alive(long nowNanos) {
        watchdogNanos = OptionalLong.of(nowNanos);
    }

    /// When it last gave a sign of life, of [System#nanoTime]; empty while it cannot: it has no session.
    OptionalLong lastSign() {
        return session.isPresent() ? OptionalLong.of(session.get().heartbeatNanos()) : watchdogNanos;
    }

    /// Asks a JVM to write down where its threads stand, in its output.
    void dumpThreads() {
        jvm().ifPresent(pid -> {
            if (child.filter(process -> process.pid() == pid).isPresent()) {
                child.get().signal(Signals.SIGQUIT);
            } else {
                Processes.signal(pid, Signals.SIGQUIT);
            }
        });
    }

    /// Whether it can be asked that.
    boolean dumps() {
        return jvm().isPresent();
    }

    /// The process that serves, where it is a JVM: it may have been started by the forked one.
    private Optional<Long> jvm() {
        return Stream.of(joinedPid, child.map(ChildProcess::pid).orElse(0L))
                .filter(pid -> pid > 0 && isJvm(pid) && isInGroup(pid))
                .findFirst();
    }

    private boolean isInGroup(long pid) {
        return child.filter(process -> groupOf(pid) == process.pid()).isPresent();
    }

    /// A link is read, not the memory map: to read that may wait for the process.
    private static boolean isJvm(long pid) {
        try {
            var program = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "exe"));
            return program.getFileName() != null
                    && program.getFileName().toString().equals("java");
        } catch (IOException gone) {
            return false;
        }
    }

    String statusText() {
        return statusText;
    }

    void says(String text) {
        statusText = text;
    }

    Optional<ChildProcess> child() {
        return child;
    }

    Optional<HandlePeer> peer() {
        return peer;
    }

    Optional<OutputCapture> capture() {
        return capture;
    }

    void notifiedBy(NotifySocket socket) {
        notify = Optional.of(socket);
    }

    void joined(HandlePeer connection) {
        peer = Optional.of(connection);
    }

    Optional<String> ticket() {
        return ticket;
    }

    void ticketed(String given) {
        ticket = Optional.of(given);
    }

    Optional<WorkerSession> session() {
        return session;
    }

    void sessionOpened(WorkerSession opened) {
        session = Optional.of(opened);
    }

    void sessionClosed() {
        session = Optional.empty();
    }

    void left() {
        peer = Optional.empty();
    }

    /// The process has been made. False when somebody else has joined in its place before that was known.
    boolean spawned(ChildProcess process, OutputCapture output, Poller.Registration watch) {
        child = Optional.of(process);
        capture = Optional.of(output);
        exitWatch = Optional.of(watch);
        return groupOfEarlyJoin.filter(group -> group != process.pid()).isEmpty();
    }

    /// Checks user, process group and token. A quick worker may join before the thread that made it has told its
    /// pid: then the group is checked as soon as it has.
    Optional<Verdict.Refused> check(JoinRequest request) {
        long group = groupOf(request.peer().pid());
        long expected = child.map(ChildProcess::pid).orElse(group);
        if (admission.isEmpty()) {
            admission = Optional.of(new Admission(Processes.userId(), expected, token));
        }
        var refused = admission.get().check(request, group);
        if (refused.isEmpty()) {
            joinedPid = request.peer().pid();
        }
        if (child.isEmpty()) {
            if (refused.isEmpty()) {
                groupOfEarlyJoin = Optional.of(group);
            } else {
                admission = Optional.empty();
            }
        }
        return refused;
    }

    private static long groupOf(long pid) {
        try {
            return Processes.processGroupOf(pid);
        } catch (PosixException gone) {
            return 0;
        }
    }

    /// Gives everything back except the output, which is read to its end.
    void release() {
        exitWatch.ifPresent(Poller.Registration::cancel);
        peer.ifPresent(HandlePeer::close);
        peer = Optional.empty();
        notify.ifPresent(NotifySocket::close);
        notify = Optional.empty();
        session.ifPresent(WorkerSession::close);
        session = Optional.empty();
        child.ifPresent(ChildProcess::close);
    }
}
