package dev.drover.cli;

import com.google.protobuf.Value;
import dev.drover.protocol.control.v1.Event;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.Worker;
import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.EnvVar;
import dev.drover.protocol.pool.v1.Recycle;
import dev.drover.protocol.pool.v1.SocketStatus;
import dev.drover.protocol.pool.v1.Template;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolSpec;
import java.util.List;
import java.util.stream.Stream;

/// All there is to tell of a pool. Of variables it tells the names and where a value is read, never a value.
final class PoolDescription {

    private final Descriptions words;

    PoolDescription(Descriptions words) {
        this.words = words;
    }

    /// @param workers those of the pool
    /// @param events those about the pool itself
    Description of(WorkerPool pool, Rollout rollout, List<Worker> workers, List<Event> events) {
        var metadata = pool.getMetadata();
        var spec = pool.getSpec();
        var status = pool.getStatus();
        var description = new Description()
                .add("Name", metadata.getName())
                .pairs("Labels", metadata.getLabelsMap())
                .add("Generation", metadata.getGeneration() + " (observed " + status.getObservedGeneration() + ")")
                .add("Resource Version", metadata.getResourceVersion())
                .add("Revision", status.getRevision())
                .add("Replicas", replicas(pool, rollout));
        settings(description, spec);
        description.block("Worker Template", template -> template(template, spec.getTemplate()));
        description.grid(
                "Sockets",
                List.of("Name", "Mode", "Address", "Shards", "Queued"),
                status.getSocketsList().stream().map(PoolDescription::socket).toList());
        description.block("Rollout", block -> rollout(block, rollout));
        description.grid(
                "Conditions",
                List.of("Type", "Status", "Reason", "Since", "Message"),
                status.getConditionsList().stream().map(this::condition).toList());
        description.grid(
                "Workers",
                List.of("Name", "Incarnation", "Status", "Revision", "Restarts", "Last Exit"),
                workers.stream().map(PoolDescription::worker).toList());
        words.events(description, events);
        return description;
    }

    /// The rollout knows what is wanted where the pool follows the CPUs.
    private static String replicas(WorkerPool pool, Rollout rollout) {
        var status = pool.getStatus();
        return "%d desired%s | %d updated | %d total | %d ready | %d available | %d unavailable"
                .formatted(
                        rollout.getReplicas(),
                        pool.getSpec().hasReplicas() ? "" : " (one per CPU)",
                        status.getUpdatedReplicas(),
                        status.getReplicas(),
                        status.getReadyReplicas(),
                        status.getAvailableReplicas(),
                        status.getUnavailableReplicas());
    }

    private static void settings(Description description, WorkerPoolSpec spec) {
        var rolling = spec.getStrategy().getRollingUpdate();
        description
                .add("Min Ready", spec.getMinReadySeconds() + "s")
                .add(
                        "Rolling Update",
                        shown(rolling.getMaxUnavailable()) + " max unavailable, " + shown(rolling.getMaxSurge())
                                + " max surge")
                .add("Progress Deadline", spec.getProgressDeadlineSeconds() + "s")
                .add("Rollback On Failure", spec.getRollbackOnFailure())
                .add("Termination Grace", spec.getTerminationGracePeriodSeconds() + "s");
        restart(description, spec);
        description.add("Recycle", spec.hasRecycle() ? recycle(spec.getRecycle()) : "");
    }

    private static void restart(Description description, WorkerPoolSpec spec) {
        var restart = spec.getRestart();
        description.add(
                "Restart",
                "after %s to %s, anew after %s"
                        .formatted(
                                Descriptions.seconds(restart.getInitialDelaySeconds()),
                                Descriptions.seconds(restart.getMaxDelaySeconds()),
                                Descriptions.seconds(restart.getResetAfterSeconds())));
        description.add(
                "Max Restarts",
                restart.hasMaxRestarts()
                        ? "%d in %s, then %s"
                                .formatted(
                                        restart.getMaxRestarts(),
                                        Descriptions.seconds(restart.getWindowSeconds()),
                                        restart.getOnFailure())
                        : "");
    }

    private static String recycle(Recycle recycle) {
        return Descriptions.joined(
                ", ",
                recycle.getMaxAgeSeconds() > 0 ? "after " + recycle.getMaxAgeSeconds() + "s" : "",
                recycle.getMaxMemoryMib() > 0 ? "above " + recycle.getMaxMemoryMib() + "Mi" : "",
                recycle.getMaxRequests() > 0 ? "after " + recycle.getMaxRequests() + " requests" : "",
                recycle.getJitterPercent() + "% jitter");
    }

    private static String shown(Value value) {
        return value.hasNumberValue() ? Long.toString((long) value.getNumberValue()) : value.getStringValue();
    }

    private static void template(Description description, Template template) {
        description
                .add("Protocol", template.getProtocol())
                .lines("Command", template.getCommandList())
                .lines("Args", template.getArgsList())
                .add("Working Directory", template.getWorkingDirectory())
                .add("Ready When", template.getReadyWhen())
                .add("Stop Signal", template.getLifecycle().getStopSignal())
                .add("Startup", template.hasStartupProbe() ? Probes.shown(template.getStartupProbe()) : "")
                .add("Readiness", template.hasReadinessProbe() ? Probes.shown(template.getReadinessProbe()) : "")
                .add("Liveness", template.hasLivenessProbe() ? Probes.shown(template.getLivenessProbe()) : "")
                .block(
                        "Environment",
                        block -> template.getEnvList()
                                .forEach(variable -> block.add(variable.getName(), source(variable))));
    }

    /// Whether a value is a secret only its owner knows.
    private static String source(EnvVar variable) {
        return variable.hasValueFrom()
                ? "<set to the content of the file '" + variable.getValueFrom().getFile() + "'>"
                : "<set>";
    }

    private static List<String> socket(SocketStatus socket) {
        return List.of(
                socket.getName(),
                socket.getMode(),
                socket.getAddress(),
                Integer.toString(socket.getShards()),
                Integer.toString(socket.getQueued()));
    }

    private static void rollout(Description description, Rollout rollout) {
        description.add("State", state(rollout.getState())).add("Message", rollout.getMessage());
        if (rollout.hasRolledBackFrom()) {
            description.add(
                    "Rolled Back From",
                    rollout.getRolledBackFrom().getRevision() + ": "
                            + rollout.getRolledBackFrom().getMessage());
        }
    }

    static String state(RolloutState state) {
        return switch (state) {
            case ROLLOUT_STATE_PROGRESSING -> "Progressing";
            case ROLLOUT_STATE_PAUSED -> "Paused";
            case ROLLOUT_STATE_COMPLETE -> "Complete";
            case ROLLOUT_STATE_FAILED -> "Failed";
            case ROLLOUT_STATE_UNSPECIFIED, UNRECOGNIZED -> "Unknown"; // a newer master's
        };
    }

    private List<String> condition(Condition condition) {
        return List.of(
                condition.getType(),
                condition.getStatus(),
                condition.getReason(),
                condition.hasLastTransitionTime() ? words.age(condition.getLastTransitionTime()) : "",
                condition.getMessage());
    }

    private static List<String> worker(Worker worker) {
        return Stream.of(
                        worker.getName(),
                        Resources.ifSet(worker.getIncarnation()),
                        Resources.status(worker.getState()),
                        Resources.ifSet(worker.getRevision()),
                        worker.getRestarts(),
                        worker.getLastExit().getMessage())
                .map(String::valueOf)
                .toList();
    }
}
