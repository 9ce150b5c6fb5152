package dev.drover.supervisor.journal;

/// What happened, for programs. The word in the API is the same in CamelCase.
public enum Reason {
    /// The pools are open and their workers started.
    MASTER_STARTED(Event.Type.NORMAL, "MasterStarted"),
    /// The stop has begun, or goes on to its next step.
    STOPPING(Event.Type.NORMAL, "Stopping"),
    /// The workers have left and the sockets let nobody in; the master waits to be stopped.
    DRAINED(Event.Type.NORMAL, "Drained"),
    /// Something was cut off or killed in the stop, or is about to be.
    STOP_FORCED(Event.Type.WARNING, "StopForced"),
    /// The pool files were read again and hold.
    FILES_READ(Event.Type.NORMAL, "FilesRead"),
    /// The pool files were read again and refused; nothing has changed.
    FILES_REFUSED(Event.Type.WARNING, "FilesRefused"),

    /// A pool was added.
    POOL_ADDED(Event.Type.NORMAL, "PoolAdded"),
    /// A pool is not wanted any more.
    POOL_REMOVED(Event.Type.NORMAL, "PoolRemoved"),
    /// The last of a pool is gone.
    POOL_GONE(Event.Type.NORMAL, "PoolGone"),
    /// A socket was opened.
    SOCKET_ADDED(Event.Type.NORMAL, "SocketAdded"),
    /// A socket is not wanted any more.
    SOCKET_REMOVED(Event.Type.NORMAL, "SocketRemoved"),
    /// A socket is opened in another way.
    SOCKET_CHANGED(Event.Type.NORMAL, "SocketChanged"),
    /// Settings were taken over that replace nobody.
    SETTINGS_CHANGED(Event.Type.NORMAL, "SettingsChanged"),
    /// Another number of workers is wanted.
    SCALED(Event.Type.NORMAL, "Scaled"),
    /// A listener was shut down by a worker, or could not be mended.
    LISTENER_LOST(Event.Type.WARNING, "ListenerLost"),
    /// A listener that was shut down listens again.
    LISTENER_MENDED(Event.Type.NORMAL, "ListenerMended"),

    /// Another template is wanted.
    REVISION_WANTED(Event.Type.NORMAL, "RevisionWanted"),
    /// A revision was made of what is wanted, or a former one became that.
    REVISION_CREATED(Event.Type.NORMAL, "RevisionCreated"),
    /// Every worker of the wanted revision is available.
    ROLLOUT_COMPLETE(Event.Type.NORMAL, "RolloutComplete"),
    /// The wanted revision was given up.
    ROLLOUT_FAILED(Event.Type.WARNING, "RolloutFailed"),
    /// The revision before is wanted again, by itself.
    ROLLED_BACK(Event.Type.WARNING, "RolledBack"),
    /// Nothing is rolled further.
    ROLLOUT_PAUSED(Event.Type.NORMAL, "RolloutPaused"),
    /// The rollout goes on.
    ROLLOUT_RESUMED(Event.Type.NORMAL, "RolloutResumed"),
    /// As many workers are available as must be.
    AVAILABLE(Event.Type.NORMAL, "Available"),
    /// Fewer workers are available than must be.
    UNAVAILABLE(Event.Type.WARNING, "Unavailable"),
    /// Some worker keeps failing, the wanted revision has failed, or the pool files were refused.
    DEGRADED(Event.Type.WARNING, "Degraded"),
    /// No worker keeps failing any more, and the wanted revision has not failed.
    RECOVERED(Event.Type.NORMAL, "Recovered"),

    /// A worker's process runs.
    STARTED(Event.Type.NORMAL, "Started"),
    /// A worker's process could not be started.
    FAILED_TO_START(Event.Type.WARNING, "FailedToStart"),
    /// A worker serves.
    READY(Event.Type.NORMAL, "Ready"),
    /// A worker that was ready gets no new connection until it is ready again.
    UNREADY(Event.Type.WARNING, "Unready"),
    /// A probe of a worker failed, or its heartbeat stopped.
    UNHEALTHY(Event.Type.WARNING, "Unhealthy"),
    /// A worker hangs: it writes down its threads, then it is killed.
    HUNG(Event.Type.WARNING, "Hung"),
    /// A worker has served for long enough, or has grown too large: it is replaced when its turn comes.
    WORN_OUT(Event.Type.NORMAL, "WornOut"),
    /// A worker gets no new connection: it is replaced, or not wanted any more.
    RETIRING(Event.Type.NORMAL, "Retiring"),
    /// A worker finishes what is in hand.
    DRAINING(Event.Type.NORMAL, "Draining"),
    /// A worker was sent a signal, as the control API asked.
    SIGNALED(Event.Type.NORMAL, "Signaled"),
    /// A worker was killed.
    KILLED(Event.Type.WARNING, "Killed"),
    /// A worker has left as it was told to.
    EXITED(Event.Type.NORMAL, "Exited"),
    /// A worker has ended without having been told to.
    FAILED(Event.Type.WARNING, "Failed"),
    /// A worker was killed by the kernel for lack of memory.
    OOM_KILLED(Event.Type.WARNING, "OOMKilled"),
    /// A place stays empty for a while because its workers fail.
    BACK_OFF(Event.Type.WARNING, "BackOff"),
    /// A place is not filled any more because its workers have failed too often.
    GAVE_UP(Event.Type.WARNING, "GaveUp");

    private final Event.Type type;
    private final String word;

    Reason(Event.Type type, String word) {
        this.type = type;
        this.word = word;
    }

    /// Whether people should look at it.
    public Event.Type type() {
        return type;
    }

    /// As it stands in the API.
    public String word() {
        return word;
    }
}
