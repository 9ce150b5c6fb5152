package dev.drover.master.resource;

import dev.drover.posix.ExitStatus;
import dev.drover.posix.Signals;
import dev.drover.protocol.control.v1.Exit;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.worker.v1.Load;
import dev.drover.supervisor.ExitReport;
import dev.drover.supervisor.Snapshot;

/// Workers as the control API tells them.
public final class WorkerMessages {
    private WorkerMessages() {}

    /// One incarnation or empty place.
    public static Worker of(Snapshot.Worker worker) {
        var message = Worker.newBuilder()
                .setName(worker.id().toString())
                .setPool(worker.id().pool())
                .setOrdinal(worker.id().ordinal())
                .setIncarnation(worker.incarnation())
                .setState(state(worker.phase()))
                .setPid(Math.toIntExact(worker.pid()))
                .setRevision(worker.revision())
                .setRestarts(worker.restarts())
                .setStatusText(worker.statusText())
                .setUnhealthy(worker.unhealthy());
        worker.startedAt().map(Times::timestamp).ifPresent(message::setStartedAt);
        worker.readySince().map(Times::timestamp).ifPresent(message::setReadySince);
        worker.lastExit().map(WorkerMessages::exit).ifPresent(message::setLastExit);
        worker.session().map(WorkerMessages::session).ifPresent(message::setSession);
        worker.leases().stream().map(WorkerMessages::lease).forEach(message::addLeases);
        return message.build();
    }

    private static WorkerState state(Snapshot.Phase phase) {
        return switch (phase) {
            case PENDING -> WorkerState.WORKER_STATE_PENDING;
            case BACKING_OFF -> WorkerState.WORKER_STATE_BACKING_OFF;
            case FAILED -> WorkerState.WORKER_STATE_FAILED;
            case STARTING -> WorkerState.WORKER_STATE_STARTING;
            case READY -> WorkerState.WORKER_STATE_READY;
            case UNREADY -> WorkerState.WORKER_STATE_UNREADY;
            case HUNG -> WorkerState.WORKER_STATE_HUNG;
            case RETIRING -> WorkerState.WORKER_STATE_RETIRING;
            case DRAINING -> WorkerState.WORKER_STATE_DRAINING;
            case KILLED -> WorkerState.WORKER_STATE_KILLED;
        };
    }

    private static Session session(Snapshot.Session session) {
        var message = Session.newBuilder().setLastHeartbeatAt(Times.timestamp(session.lastHeartbeat()));
        session.load()
                .ifPresent(load -> message.setLoad(
                        Load.newBuilder().setConnections(load.connections()).setInFlight(load.inFlight())));
        return message.build();
    }

    private static Exit exit(ExitReport report) {
        var message = Exit.newBuilder()
                .setTime(Times.timestamp(report.time()))
                .setMessage(report.message())
                .addAllLastLines(report.lastLines());
        report.status().ifPresent(status -> {
            switch (status) {
                case ExitStatus.Exited(var code) -> message.setCode(code);
                case ExitStatus.Killed killed -> message.setSignal(Signals.nameOf(killed.signal()));
            }
        });
        return message.build();
    }

    private static Lease lease(Snapshot.Lease lease) {
        return Lease.newBuilder()
                .setSocket(lease.socket())
                .setShard(lease.shard())
                .setQueued(lease.queued())
                .build();
    }
}
