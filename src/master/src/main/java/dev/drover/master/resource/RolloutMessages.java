package dev.drover.master.resource;

import dev.drover.protocol.control.v1.Revision;
import dev.drover.protocol.control.v1.RevisionFailure;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.pool.Revision.Failure;
import dev.drover.supervisor.pool.RolloutStatus;

/// Rollouts and revisions as the control API tells them.
public final class RolloutMessages {
    private RolloutMessages() {}

    /// How the rollout of a pool stands.
    public static Rollout of(Snapshot.Pool pool) {
        var message = Rollout.newBuilder()
                .setPool(pool.spec().name())
                .setRevision(pool.rollout().revision())
                .setState(state(pool.rollout()))
                .setMessage(pool.rollout().message())
                .setReplicas(pool.spec().replicas())
                .setUpdatedReplicas(pool.updated())
                .setAvailableReplicas(pool.available());
        pool.history().getLast().insteadOf().map(RolloutMessages::failure).ifPresent(message::setRolledBackFrom);
        return message.build();
    }

    /// One revision.
    public static Revision of(dev.drover.supervisor.pool.Revision revision) {
        var message = Revision.newBuilder()
                .setNumber(revision.number())
                .setCreatedAt(Times.timestamp(revision.created()))
                .setCause(revision.cause())
                .setTemplate(Templates.of(revision.template()));
        revision.insteadOf().map(RolloutMessages::failure).ifPresent(message::setRolledBackFrom);
        return message.build();
    }

    private static RevisionFailure failure(Failure failure) {
        return RevisionFailure.newBuilder()
                .setRevision(failure.revision())
                .setMessage(failure.message())
                .build();
    }

    private static RolloutState state(RolloutStatus status) {
        return switch (status) {
            case RolloutStatus.Complete _ -> RolloutState.ROLLOUT_STATE_COMPLETE;
            case RolloutStatus.Progressing _ -> RolloutState.ROLLOUT_STATE_PROGRESSING;
            case RolloutStatus.Paused _ -> RolloutState.ROLLOUT_STATE_PAUSED;
            case RolloutStatus.Failed _ -> RolloutState.ROLLOUT_STATE_FAILED;
        };
    }
}
