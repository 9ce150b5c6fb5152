package dev.drover.cli;

import static dev.drover.cli.Resource.Column.When.WIDE_AGE;
import static dev.drover.cli.Resource.Column.always;
import static dev.drover.cli.Resource.Column.wide;

import com.google.protobuf.Timestamp;
import dev.drover.poolfile.Trees;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.GetMasterResponse;
import dev.drover.protocol.control.v1.Lease;
import dev.drover.protocol.control.v1.MasterState;
import dev.drover.protocol.control.v1.Socket;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.control.v1.WorkerState;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.worker.v1.Load;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/// The kinds of things that `get` shows.
final class Resources {

    static final Resource<WorkerPool> POOL = new Resource<>(
            "pool",
            pool -> pool.getMetadata().getName(),
            pool -> pool.getMetadata().getName(),
            Trees::of,
            List.of(
                    always("NAME", pool -> pool.getMetadata().getName()),
                    always("READY", Resources::ready),
                    always("UP-TO-DATE", pool -> pool.getStatus().getUpdatedReplicas()),
                    always("AVAILABLE", pool -> pool.getStatus().getAvailableReplicas()),
                    always("REVISION", pool -> pool.getStatus().getRevision()),
                    always("SOCKETS", Resources::addresses),
                    wide("PROTOCOL", pool -> pool.getSpec().getTemplate().getProtocol()),
                    wide("COMMAND", Resources::command),
                    wide("CONDITIONS", Resources::conditions)));

    static final Resource<Worker> WORKER = new Resource<>(
            "worker",
            Worker::getName,
            // While one is replaced two incarnations have its name.
            worker -> worker.getName() + "." + worker.getIncarnation(),
            Trees::of,
            List.of(
                    always("NAME", Worker::getName),
                    always("READY", Worker::hasReadySince),
                    always("STATUS", worker -> status(worker.getState())),
                    always("RESTARTS", Worker::getRestarts),
                    always("PID", worker -> ifSet(worker.getPid())),
                    new Resource.Column<>("AGE", Resource.Column.When.AGE, Resources::age),
                    wide("INCARNATION", worker -> ifSet(worker.getIncarnation())),
                    wide("REVISION", worker -> ifSet(worker.getRevision())),
                    wide("LEASES", Resources::leases),
                    new Resource.Column<>("HEARTBEAT", WIDE_AGE, Resources::heartbeat),
                    now("CONNECTIONS", worker -> load(worker, Load::getConnections)),
                    now("IN-FLIGHT", worker -> load(worker, Load::getInFlight)),
                    wide("UNHEALTHY", Worker::getUnhealthy),
                    wide("LAST-EXIT", Resources::lastExit)));

    static final Resource<Socket> SOCKET = new Resource<>(
            "socket",
            socket -> socket.getPool() + "/" + socket.getName(),
            socket -> socket.getPool() + "/" + socket.getName(),
            Trees::of,
            List.of(
                    always("POOL", Socket::getPool),
                    always("NAME", Socket::getName),
                    always("MODE", Socket::getMode),
                    always("ADDRESS", Socket::getAddress),
                    always("SHARDS", Socket::getShards),
                    always("QUEUED", Socket::getQueued),
                    wide("BACKLOG", Socket::getBacklog)));

    static final Resource<Event> EVENT = new Resource<>(
            "event",
            Event::getName,
            Event::getName,
            Trees::of,
            List.of(
                    new Resource.Column<>("LAST SEEN", Resource.Column.When.AGE, Resources::lastSeen),
                    always("TYPE", Event::getType),
                    always("REASON", Event::getReason),
                    always("OBJECT", Resources::involved),
                    always("COUNT", Event::getCount),
                    always("MESSAGE", Event::getMessage),
                    new Resource.Column<>("FIRST SEEN", WIDE_AGE, Resources::firstSeen),
                    wide("NAME", Event::getName)));

    static final Resource<GetMasterResponse> MASTER = new Resource<>(
            "master",
            _ -> "master",
            _ -> "master",
            Trees::of,
            List.of(
                    always("NAME", _ -> "master"),
                    always("READY", GetMasterResponse::getReady),
                    always("STATUS", master -> state(master.getState())),
                    always("VERSION", GetMasterResponse::getVersion),
                    always("PID", GetMasterResponse::getPid),
                    new Resource.Column<>("AGE", Resource.Column.When.AGE, Resources::age),
                    wide("RUN-DIRECTORY", GetMasterResponse::getRunDirectory)));

    private Resources() {}

    /// Where the pool follows the CPUs, what there is stands for what is wanted: the master tells no other number.
    private static int wanted(WorkerPool pool) {
        return pool.getSpec().hasReplicas()
                ? pool.getSpec().getReplicas()
                : pool.getStatus().getReplicas();
    }

    static String ready(WorkerPool pool) {
        return pool.getStatus().getReadyReplicas() + "/" + wanted(pool);
    }

    static String addresses(WorkerPool pool) {
        return pool.getStatus().getSocketsList().stream()
                .map(SocketStatus::getAddress)
                .collect(Collectors.joining(","));
    }

    private static String command(WorkerPool pool) {
        var template = pool.getSpec().getTemplate();
        return String.join(" ", template.getCommandList())
                + template.getArgsList().stream().map(" "::concat).collect(Collectors.joining());
    }

    private static String conditions(WorkerPool pool) {
        return pool.getStatus().getConditionsList().stream()
                .map(condition -> condition.getType() + "=" + condition.getStatus())
                .collect(Collectors.joining(","));
    }

    static String status(WorkerState state) {
        return switch (state) {
            case WORKER_STATE_PENDING -> "Pending";
            case WORKER_STATE_BACKING_OFF -> "CrashLoopBackOff";
            case WORKER_STATE_FAILED -> "Failed";
            case WORKER_STATE_STARTING -> "Starting";
            case WORKER_STATE_READY -> "Ready";
            case WORKER_STATE_UNREADY -> "Unready";
            case WORKER_STATE_HUNG -> "Hung";
            case WORKER_STATE_RETIRING -> "Retiring";
            case WORKER_STATE_DRAINING -> "Draining";
            case WORKER_STATE_KILLED -> "Killed";
            case WORKER_STATE_UNSPECIFIED, UNRECOGNIZED -> "Unknown"; // a newer master's
        };
    }

    static String state(MasterState state) {
        return switch (state) {
            case MASTER_STATE_STARTING -> "Starting";
            case MASTER_STATE_RUNNING -> "Running";
            case MASTER_STATE_DRAINING -> "Draining";
            case MASTER_STATE_STOPPING -> "Stopping";
            case MASTER_STATE_UNSPECIFIED, UNRECOGNIZED -> "Unknown"; // a newer master's
        };
    }

    private static String age(Worker worker, Instant now) {
        return worker.hasStartedAt() ? Durations.shown(Duration.between(instant(worker.getStartedAt()), now)) : "";
    }

    private static String age(GetMasterResponse master, Instant now) {
        return Durations.shown(Duration.between(instant(master.getStartedAt()), now));
    }

    private static Resource.Column<Worker> now(String header, Function<Worker, String> cell) {
        return new Resource.Column<>(header, WIDE_AGE, (worker, _) -> cell.apply(worker));
    }

    /// How long ago the last one came.
    private static String heartbeat(Worker worker, Instant now) {
        return worker.hasSession()
                ? Durations.shown(Duration.between(instant(worker.getSession().getLastHeartbeatAt()), now))
                : "";
    }

    private static String load(Worker worker, ToIntFunction<Load> part) {
        return worker.getSession().hasLoad()
                ? Integer.toString(part.applyAsInt(worker.getSession().getLoad()))
                : "";
    }

    /// What Kubernetes' users look for stands in its word.
    private static String lastExit(Worker worker) {
        var exit = worker.getLastExit();
        return exit.getReason().equals("OOMKilled") ? exit.getReason() : exit.getMessage();
    }

    private static String leases(Worker worker) {
        return worker.getLeasesList().stream().map(Resources::lease).collect(Collectors.joining(","));
    }

    private static String lease(Lease lease) {
        return lease.getSocket() + "/" + lease.getShard() + "(" + lease.getQueued() + ")";
    }

    static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }

    private static String lastSeen(Event event, Instant now) {
        return Durations.shown(Duration.between(instant(event.getLastTimestamp()), now));
    }

    private static String firstSeen(Event event, Instant now) {
        return Durations.shown(Duration.between(instant(event.getFirstTimestamp()), now));
    }

    /// `worker/web-0`, by the words of `get`.
    private static String involved(Event event) {
        var object = event.getInvolvedObject();
        var kind = switch (object.getKind()) {
            case "WorkerPool" -> "pool";
            case String other -> other.toLowerCase(Locale.ROOT);
        };
        return kind + "/" + object.getName();
    }

    static String ifSet(int number) {
        return number == 0 ? "" : String.valueOf(number);
    }
}
