package dev.drover.posix;

import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// A process that this one has started: the leader of its own process group, held by a pidfd.
///
/// Usable from any thread. `close()` gives up the pidfd and neither kills nor reaps; the process runs on and stays
/// a child of ours.
public final class ChildProcess implements AutoCloseable {
    private final long pid;
    private final Fd pidfd;

    /// Keeps signals to the group from passing the reaping, after which the number may belong to others, and
    /// `close()` from passing a reaping in progress.
    private final ReentrantLock lock = new ReentrantLock();

    private Optional<ExitStatus> reaped = Optional.empty();

    private ChildProcess(long pid, Fd pidfd) {
        this.pid = pid;
        this.pidfd = pidfd;
    }

    /// Starts a process: own process group, all signals at their default and none blocked, only the descriptors of
    /// the request.
    ///
    /// Returns when the child runs its program. Whoever reaps what [Children#peekExited()] tells must do so after
    /// this call, or on the same thread: before, the pid is known to nobody.
    ///
    /// @throws PosixException ENOENT when there is no such program or working directory, EACCES when it cannot be
    ///     run, EMFILE, ENOMEM and what else fork and exec report
    public static ChildProcess spawn(SpawnRequest request) {
        int pid = Spawner.spawn(request, true);
        int number = SysProcess.pidfdOpen(pid);
        if (number < 0) {
            SysProcess.kill(-pid, Signals.SIGKILL);
            reapKilled(pid);
            throw new PosixException(
                    "pidfd_open", -number, "cannot watch " + request.command().getFirst());
        }
        return new ChildProcess(pid, new Fd(number));
    }

    /// A killed child ends at once; waiting for it leaves no zombie that nobody knows.
    private static void reapKilled(int pid) {
        while (Children.reap(pid).isEmpty() && SysProcess.kill(pid, 0) == 0) {
            Thread.onSpinWait();
        }
    }

    /// The process id, and the id of its process group.
    public long pid() {
        return pid;
    }

    /// Readable once the process has ended; owned by this object.
    public Fd pidfd() {
        return pidfd;
    }

    /// Sends a signal to the process alone.
    ///
    /// @return false when it has been reaped; one that has ended but was not reaped takes the signal without effect
    public boolean signal(int signal) {
        int result = pidfd.use(n -> SysProcess.pidfdSendSignal(n, signal));
        return delivered(result, "pidfd_send_signal", signal);
    }

    /// Sends a signal to every process of its group. Kill the group before reaping its leader: after that the
    /// number may belong to others, and nothing is sent.
    ///
    /// @return false when it has been reaped, or the group is empty
    public boolean signalGroup(int signal) {
        lock.lock();
        try {
            return reaped.isEmpty() && delivered(SysProcess.kill(Math.toIntExact(-pid), signal), "kill", signal);
        } finally {
            lock.unlock();
        }
    }

    private boolean delivered(int result, String call, int signal) {
        if (result == -Errno.ESRCH) {
            return false;
        }
        PosixException.check(result, call, "cannot send " + Signals.nameOf(signal) + " to", this);
        return true;
    }

    /// How it ended, which also takes the zombie away; empty while it runs. Answers the same ever after.
    ///
    /// @throws PosixException ECHILD when other code has reaped it
    public Optional<ExitStatus> reap() {
        lock.lock();
        try {
            if (reaped.isEmpty()) {
                reaped = Wait.now(SysProcess.P_PIDFD, pidfd.number(), 0, "cannot reap " + this)
                        .map(Wait.Ended::status);
            }
            return reaped;
        } finally {
            lock.unlock();
        }
    }

    /// How it ended, which leaves the zombie where it is; empty while it runs, and when other code has reaped it.
    public Optional<ExitStatus> peek() {
        lock.lock();
        try {
            if (reaped.isPresent()) {
                return reaped;
            }
            return Wait.now(SysProcess.P_PIDFD, pidfd.number(), SysProcess.WNOWAIT, "cannot look at " + this)
                    .map(Wait.Ended::status);
        } catch (PosixException failure) {
            if (failure.errno() == Errno.ECHILD) {
                return Optional.empty();
            }
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            pidfd.close();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return "process " + pid;
    }
}
