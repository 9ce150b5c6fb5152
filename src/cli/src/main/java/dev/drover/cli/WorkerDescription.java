package dev.drover.cli;

import com.google.protobuf.Duration;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Session;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.Template;
import java.util.List;
import java.util.Locale;

/// All there is to tell of an incarnation, or of an empty place.
final class WorkerDescription {

    private final Descriptions words;

    WorkerDescription(Descriptions words) {
        this.words = words;
    }

    /// @param template how the pool starts workers now
    /// @param events those about the worker
    Description of(Worker worker, Template template, List<Event> events) {
        var description = new Description()
                .add("Name", worker.getName())
                .add("Pool", worker.getPool())
                .add("Ordinal", worker.getOrdinal())
                .add("Incarnation", Resources.ifSet(worker.getIncarnation()))
                .add("Revision", Resources.ifSet(worker.getRevision()))
                .add("Status", Resources.status(worker.getState()))
                .add("Message", worker.getStatusText())
                .add("Unhealthy", worker.getUnhealthy())
                .add("PID", Resources.ifSet(worker.getPid()))
                .add("Start Time", worker.hasStartedAt() ? words.time(worker.getStartedAt()) : "")
                .add("Ready", worker.hasReadySince() ? "True, since " + words.time(worker.getReadySince()) : "False")
                .add("Restart Count", worker.getRestarts())
                .grid(
                        "Leases",
                        List.of("Socket", "Shard", "Queued"),
                        worker.getLeasesList().stream()
                                .map(lease -> List.of(
                                        lease.getSocket(),
                                        Integer.toString(lease.getShard()),
                                        Integer.toString(lease.getQueued())))
                                .toList())
                .block("Session", block -> session(block, worker))
                .block("Probes", block -> probes(block, template))
                .block("Last Exit", block -> lastExit(block, worker));
        words.events(description, events);
        return description;
    }

    private void session(Description description, Worker worker) {
        if (worker.hasSession()) {
            Session session = worker.getSession();
            description.add("Last Heartbeat", words.age(session.getLastHeartbeatAt()) + " ago");
            if (session.hasRoundTrip()) {
                description.add("Round Trip", milliseconds(session.getRoundTrip()));
            }
            if (session.hasLoad()) {
                description.add("Connections", session.getLoad().getConnections());
                description.add("In Flight", session.getLoad().getInFlight());
            }
        }
    }

    /// `0.42ms`.
    private static String milliseconds(Duration time) {
        return String.format(Locale.ROOT, "%.2fms", time.getSeconds() * 1e3 + time.getNanos() / 1e6);
    }

    private static void probes(Description description, Template template) {
        if (template.hasStartupProbe()) {
            description.add("Startup", Probes.shown(template.getStartupProbe()));
        }
        if (template.hasReadinessProbe()) {
            description.add("Readiness", Probes.shown(template.getReadinessProbe()));
        }
        if (template.hasLivenessProbe()) {
            description.add("Liveness", Probes.shown(template.getLivenessProbe()));
        }
    }

    private void lastExit(Description description, Worker worker) {
        if (worker.hasLastExit()) {
            words.exit(description, worker.getLastExit());
        }
    }
}
