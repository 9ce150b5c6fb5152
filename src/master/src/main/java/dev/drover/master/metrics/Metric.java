package dev.drover.master.metrics;

import java.util.List;

/// Every metric of the master: the table from which the page is written, and its documentation. A name, a label and a
/// value of a label, once released, stay.
///
/// Labels have few values: names of pools, workers and sockets, and words of closed sets.
public enum Metric {
    MASTER(Type.INFO, "drover_master", "The master.", "version"),
    MASTER_START_TIME(
            Type.GAUGE, "drover_master_start_time_seconds", "When the master was started, in seconds since 1970."),
    MASTER_READY(
            Type.GAUGE,
            "drover_master_ready",
            "1 when every socket is open, every worker was started once, and no stop was begun."),
    MASTER_CPU(Type.COUNTER, "drover_master_cpu_seconds", "CPU time of the master, user and system."),
    MASTER_MEMORY(Type.GAUGE, "drover_master_resident_memory_bytes", "Resident memory of the master."),
    MASTER_DESCRIPTORS(Type.GAUGE, "drover_master_open_descriptors", "File descriptors the master has open."),
    MASTER_THREADS(Type.GAUGE, "drover_master_threads", "Threads of the master."),
    LOOP_WAIT(
            Type.HISTOGRAM,
            "drover_master_loop_wait_seconds",
            "How long what was posted to the master's loop has waited for its turn: how late the master is."),

    APPLICATION_SERIES(
            Type.GAUGE,
            "drover_application_series",
            "Series that applications of workers tell, of all pools together."),
    APPLICATION_REFUSED(
            Type.GAUGE,
            "drover_application_values_refused",
            "Values of applications that are left out of this page: another metric of that name is of another kind, or"
                    + " there are too many."),

    POOL_WANTED(Type.GAUGE, "drover_pool_replicas", "Workers wanted.", "pool"),
    POOL_READY(Type.GAUGE, "drover_pool_ready_replicas", "Workers that are ready.", "pool"),
    POOL_AVAILABLE(
            Type.GAUGE,
            "drover_pool_available_replicas",
            "Workers that have been ready for minReadySeconds, of whatever revision.",
            "pool"),
    POOL_UPDATED(
            Type.GAUGE, "drover_pool_updated_replicas", "Incarnations alive that are of the wanted revision.", "pool"),
    POOL_ALIVE(Type.GAUGE, "drover_pool_alive_replicas", "Incarnations alive, those that leave included.", "pool"),
    POOL_REVISION(Type.GAUGE, "drover_pool_revision", "Number of the wanted revision.", "pool"),
    POOL_ROLLOUT(
            Type.GAUGE,
            "drover_pool_rollout",
            "1 for how the rollout of the wanted revision stands: Progressing, Paused, Complete or Failed; 0 for the"
                    + " others.",
            "pool",
            "state"),
    POOL_CONDITION(
            Type.GAUGE,
            "drover_pool_condition",
            "1 when the condition of that type holds: Available, Progressing or Degraded; else 0.",
            "pool",
            "type"),
    POOL_EXITS(
            Type.COUNTER,
            "drover_pool_exits",
            "Incarnations that have ended, by cause: Stopped (they were told to), Completed (by themselves, code 0),"
                    + " Error (another code), Signal, OOMKilled, Hung (killed by the master), StartError.",
            "pool",
            "cause"),

    SOCKET_QUEUED(
            Type.GAUGE,
            "drover_socket_queued_connections",
            "Connections that wait: in the queues of all listeners, and with the master until a worker takes them.",
            "pool",
            "socket"),
    SOCKET_LIMIT(
            Type.GAUGE,
            "drover_socket_accept_queue_limit",
            "Connections that may wait in the accept queue of one listener: the backlog.",
            "pool",
            "socket"),
    SOCKET_SHARDS(Type.GAUGE, "drover_socket_shards", "Listeners open.", "pool", "socket"),
    HANDOVER(
            Type.HISTOGRAM,
            "drover_socket_handover_seconds",
            "Connections of a Dispatched socket that a worker has taken over, and how long that took from the accept.",
            "pool",
            "socket"),
    REDELIVERIES(
            Type.COUNTER,
            "drover_socket_redeliveries",
            "Connections of a Dispatched socket that were given again, because their worker had refused them (Refused) or"
                    + " died before it took them over (Died).",
            "pool",
            "socket",
            "cause"),

    WORKER_READY(Type.GAUGE, "drover_worker_ready", "1 when the worker is ready, else 0.", "pool", "worker"),
    WORKER_RESTARTS(
            Type.COUNTER,
            "drover_worker_restarts",
            "How often the place was filled again after an incarnation ended without having been told to.",
            "pool",
            "worker"),
    WORKER_EXITS(
            Type.COUNTER,
            "drover_worker_exits",
            "Incarnations of the worker that have ended, by cause: the words of drover_pool_exits_total.",
            "pool",
            "worker",
            "cause"),
    WORKER_START_TIME(
            Type.GAUGE,
            "drover_worker_start_time_seconds",
            "When its process was started, in seconds since 1970.",
            "pool",
            "worker"),
    WORKER_MEMORY(
            Type.GAUGE,
            "drover_worker_resident_memory_bytes",
            "Resident memory of its process, without its children.",
            "pool",
            "worker"),
    WORKER_CPU(
            Type.COUNTER,
            "drover_worker_cpu_seconds",
            "CPU time of its process, user and system, without its children; from 0 with each incarnation.",
            "pool",
            "worker"),
    WORKER_DESCRIPTORS(
            Type.GAUGE,
            "drover_worker_open_descriptors",
            "File descriptors its process has open; left out where it runs as another user.",
            "pool",
            "worker"),
    WORKER_THREADS(Type.GAUGE, "drover_worker_threads", "Threads of its process.", "pool", "worker"),
    WORKER_QUEUE(
            Type.GAUGE,
            "drover_worker_accept_queue_connections",
            "Connections that wait in the accept queue of the listener it leases; of a Shared socket all workers have the"
                    + " same.",
            "pool",
            "worker",
            "socket"),
    WORKER_WEIGHT(
            Type.GAUGE,
            "drover_worker_shard_weight",
            "1 when new connections of sharded sockets are sent to it, 0 when not.",
            "pool",
            "worker"),
    WORKER_CONNECTIONS(
            Type.GAUGE,
            "drover_worker_connections",
            "Open connections, as it last told; left out where it does not tell.",
            "pool",
            "worker"),
    WORKER_IN_FLIGHT(
            Type.GAUGE,
            "drover_worker_requests_in_flight",
            "Requests that are being answered, as it last told; left out where it does not tell.",
            "pool",
            "worker"),
    WORKER_REQUESTS(
            Type.COUNTER,
            "drover_worker_requests",
            "Requests answered, as it last told; from 0 with each incarnation; left out where it does not tell.",
            "pool",
            "worker"),
    WORKER_SENT(
            Type.COUNTER,
            "drover_worker_messages_sent",
            "Messages and requests it has sent over its session; from 0 with each incarnation.",
            "pool",
            "worker"),
    WORKER_RECEIVED(
            Type.COUNTER,
            "drover_worker_messages_received",
            "Messages and requests that its handlers have taken; from 0 with each incarnation.",
            "pool",
            "worker"),
    WORKER_PAGE(
            Type.GAUGE,
            "drover_worker_page_up",
            "1 when the page that spec.metrics of its pool names was read, 0 when not; left out where it names none.",
            "pool",
            "worker"),
    WORKER_HEARTBEAT(
            Type.GAUGE,
            "drover_worker_heartbeat_age_seconds",
            "Since its last sign of life; left out where it has no session.",
            "pool",
            "worker"),
    WORKER_ROUND_TRIP(
            Type.GAUGE,
            "drover_worker_session_round_trip_seconds",
            "How long the last ping over its session took until it was answered: one in ten heartbeats; left out where it"
                    + " answers none.",
            "pool",
            "worker");

    /// What all names begin with; metrics of applications do not.
    public static final String PREFIX = "drover_";

    /// What a metric is, in Prometheus' words.
    enum Type {
        GAUGE("gauge", ""),
        COUNTER("counter", "_total"),
        HISTOGRAM("histogram", ""),
        INFO("info", "_info");

        private final String word;
        private final String suffix;

        Type(String word, String suffix) {
            this.word = word;
            this.suffix = suffix;
        }

        String word() {
            return word;
        }
    }

    private final Type type;
    private final String family;
    private final String help;

    @SuppressWarnings("ImmutableEnumChecker") // It is: of List.of.
    private final List<String> labels;

    Metric(Type type, String family, String help, String... labels) {
        this.type = type;
        this.family = family;
        this.help = help;
        this.labels = List.of(labels);
    }

    Type type() {
        return type;
    }

    /// The name without what its type adds.
    String family() {
        return family;
    }

    /// The name as it is asked for; of a histogram without `_bucket`, `_count` and `_sum`.
    public String fullName() {
        return family + type.suffix;
    }

    String help() {
        return help;
    }

    /// Names of its labels.
    public List<String> labels() {
        return labels;
    }
}
