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
import java.util.List;

/// Workers as the control API tells them.
public final class WorkerMessages {
    /// Of the last lines of an incarnation together; as Kubernetes has it for a container's termination message.
    static final int MAX_LAST_CHARS = 2048;

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
        session.roundTrip().map(Times::duration).ifPresent(message::setRoundTrip);
        return message.build();
    }

    private static Exit exit(ExitReport report) {
        var message = Exit.newBuilder()
                .setTime(Times.timestamp(report.time()))
                .setMessage(report.message())
                .setReason(reason(report))
                .addAllLastLines(few(report.lastLines()));
        report.status().ifPresent(status -> {
            switch (status) {
                case ExitStatus.Exited(var code) -> message.setCode(code);
                case ExitStatus.Killed killed -> message.setSignal(Signals.nameOf(killed.signal()));
            }
        });
        return message.build();
    }

    private static String reason(ExitReport report) {
        if (report.outOfMemory()) {
            return "OOMKilled";
        }
        return report.status()
                .map(status -> status.equals(new ExitStatus.Exited(0)) ? "Completed" : "Error")
                .orElse("StartError");
    }

    /// The last of them that are not too long for a list of a thousand workers, and the last one in any case, cut.
    static List<String> few(List<String> lines) {
        int from = lines.size();
        for (int chars = 0; from > 0; from--) {
            chars += lines.get(from - 1).length();
            if (chars > MAX_LAST_CHARS) {
                break;
            }
        }
        return from < lines.size() || lines.isEmpty()
                ? lines.subList(from, lines.size())
                : List.of(lines.getLast().substring(0, MAX_LAST_CHARS));
    }

    private static Lease lease(Snapshot.Lease lease) {
        return Lease.newBuilder()
                .setSocket(lease.socket())
                .setShard(lease.shard())
                .setQueued(lease.queued())
                .build();
    }
}
