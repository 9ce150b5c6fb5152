package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.RolloutMessages;
import dev.drover.poolfile.Violation;
import dev.drover.protocol.control.v1.GetRolloutRequest;
import dev.drover.protocol.control.v1.GetRolloutResponse;
import dev.drover.protocol.control.v1.ListRevisionsRequest;
import dev.drover.protocol.control.v1.ListRevisionsResponse;
import dev.drover.protocol.control.v1.RolloutPoolRequest;
import dev.drover.protocol.control.v1.RolloutPoolResponse;
import dev.drover.supervisor.Snapshot;
import dev.drover.supervisor.pool.RolloutOrder;
import dev.drover.supervisor.pool.RolloutOutcome;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// The calls about rollouts that are answered at once. Any thread; each waits for the loop.
final class RolloutCalls {
    private final Controls controls;

    RolloutCalls(Controls controls) {
        this.controls = controls;
    }

    Reply<RolloutPoolResponse> order(RolloutPoolRequest request) {
        if (request.getName().isEmpty()) {
            return refused(new Refusal.FieldMissing("name"));
        }
        if (request.getUndo().getToRevision() < 0) {
            var violation = new Violation(
                    "undo.toRevision",
                    "is " + request.getUndo().getToRevision() + ", must be the number of a revision, or 0");
            return refused(new Refusal.FieldsInvalid(List.of(violation)));
        }
        return orderOf(request)
                .map(order -> give(request.getName(), order))
                .orElseGet(() -> refused(new Refusal.FieldMissing("order")));
    }

    private static Optional<RolloutOrder> orderOf(RolloutPoolRequest request) {
        return switch (request.getOrderCase()) {
            case RESTART -> Optional.of(new RolloutOrder.Restart());
            case UNDO -> {
                int to = request.getUndo().getToRevision();
                yield Optional.of(new RolloutOrder.Undo(to == 0 ? OptionalInt.empty() : OptionalInt.of(to)));
            }
            case PAUSE -> Optional.of(new RolloutOrder.Pause());
            case RESUME -> Optional.of(new RolloutOrder.Resume());
            case ORDER_NOT_SET -> Optional.empty();
        };
    }

    private Reply<RolloutPoolResponse> give(String name, RolloutOrder order) {
        var outcome = controls.rollout(name, order);
        if (outcome.isEmpty()) {
            return refused(new Refusal.NoSuchPool(name));
        }
        return switch (outcome.get()) {
            case RolloutOutcome.Accepted(var revision, var message) ->
                new Reply.Done<>(RolloutPoolResponse.newBuilder()
                        .setRevision(revision)
                        .setChanged(true)
                        .setMessage(message)
                        .build());
            case RolloutOutcome.Unchanged(var message) ->
                of(
                        name,
                        pool -> RolloutPoolResponse.newBuilder()
                                .setRevision(pool.revision())
                                .setMessage(message)
                                .build());
            case RolloutOutcome.Refused(var reason, var message) ->
                refused(new Refusal.RolloutRefused(name, reason, message));
        };
    }

    Reply<GetRolloutResponse> get(GetRolloutRequest request) {
        return of(
                request.getName(),
                pool -> GetRolloutResponse.newBuilder()
                        .setRollout(RolloutMessages.of(pool))
                        .build());
    }

    Reply<ListRevisionsResponse> history(ListRevisionsRequest request) {
        return of(
                request.getName(),
                pool -> ListRevisionsResponse.newBuilder()
                        .addAllRevisions(
                                pool.history().stream().map(RolloutMessages::of).toList())
                        .build());
    }

    private <T> Reply<T> of(String name, Function<Snapshot.Pool, T> message) {
        if (name.isEmpty()) {
            return refused(new Refusal.FieldMissing("name"));
        }
        return controls.snapshot()
                .pool(name)
                .<Reply<T>>map(pool -> new Reply.Done<>(message.apply(pool)))
                .orElseGet(() -> refused(new Refusal.NoSuchPool(name)));
    }

    private static <T> Reply<T> refused(Refusal refusal) {
        return new Reply.Refused<>(refusal);
    }
}
