package dev.drover.master.resource;

import dev.drover.protocol.pool.v1.Condition;
import dev.drover.protocol.pool.v1.WorkerPool;
import dev.drover.protocol.pool.v1.WorkerPoolStatus;
import dev.drover.supervisor.Snapshot;

/// Pools as people read them: what was written, and what is.
public final class PoolResources {
    private PoolResources() {}

    /// @param written the resource as it was written, defaults filled in; its `replicas` stay absent where they
    ///     were, its template is told as it is wanted now
    /// @param pool what is
    public static WorkerPool of(WorkerPool written, Snapshot.Pool pool) {
        var resource = written.toBuilder();
        if (written.getSpec().hasReplicas()) {
            // The number may have been scaled since.
            resource.getSpecBuilder().setReplicas(pool.spec().replicas());
        }
        var template = pool.spec().template();
        if (!PoolSpecs.template(written.getSpec()).equals(template)) {
            // An undo wants another than was written.
            resource.getSpecBuilder().setTemplate(Templates.of(template));
        }
        resource.getMetadataBuilder()
                .setGeneration(pool.generation())
                .setResourceVersion(Long.toString(pool.version()));
        return resource.setStatus(status(pool)).build();
    }

    private static WorkerPoolStatus status(Snapshot.Pool pool) {
        return WorkerPoolStatus.newBuilder()
                .setObservedGeneration(pool.generation())
                .setRevision(pool.revision())
                .setReplicas(pool.alive())
                .setReadyReplicas(pool.ready())
                .setUpdatedReplicas(pool.updated())
                .setAvailableReplicas(pool.available())
                .setUnavailableReplicas(pool.unavailable())
                .addAllSockets(
                        pool.sockets().stream().map(SocketMessages::status).toList())
                .addAllConditions(
                        pool.conditions().stream().map(PoolResources::condition).toList())
                .build();
    }

    private static Condition condition(Snapshot.Condition condition) {
        return Condition.newBuilder()
                .setType(typeName(condition.type()))
                .setStatus(condition.holds() ? "True" : "False")
                .setReason(condition.reason())
                .setMessage(condition.message())
                .setLastTransitionTime(Times.timestamp(condition.since()))
                .build();
    }

    private static String typeName(Snapshot.ConditionType type) {
        return switch (type) {
            case AVAILABLE -> "Available";
            case PROGRESSING -> "Progressing";
            case DEGRADED -> "Degraded";
        };
    }
}
