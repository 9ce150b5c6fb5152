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
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// What the system knows of one incarnation: its process, its connection, its output. Belongs to the loop.
final class WorkerProcess {
    private final Incarnation incarnation;
    private final Template template;
    private final int shard;
    private final String token;
    private final Instant startedAt;
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
    private long joinedPid;
    private String statusText = "";

    /// @param template what it was started from, which the pool may have left behind
    WorkerProcess(Incarnation incarnation, Template template, int shard, String token, Instant startedAt) {
        this.incarnation = incarnation;
        this.template = template;
        this.shard = shard;
        this.token = token;
        this.startedAt = startedAt;
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
        child.ifPresent(process -> {
            process.signal(template.stopSignal());
            // A stopped process takes no signal but KILL before it goes on.
            process.signalGroup(Signals.SIGCONT);
        });
    }

    /// Kills its process group.
    void kill() {
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

    Optional<Instant> readySince() {
        return readySince;
    }

    void becameReady(Instant now) {
        readySince = Optional.of(now);
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
