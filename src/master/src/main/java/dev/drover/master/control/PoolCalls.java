package dev.drover.master.control;

import dev.drover.master.ChangeAnswer;
import dev.drover.master.Controls;
import dev.drover.master.resource.PlanMessages;
import dev.drover.poolfile.Defaults;
import dev.drover.poolfile.Violation;
import dev.drover.poolfile.WorkerPools;
import dev.drover.protocol.control.v1.ApplyPoolsRequest;
import dev.drover.protocol.control.v1.ApplyPoolsResponse;
import dev.drover.protocol.control.v1.DeletePoolRequest;
import dev.drover.protocol.control.v1.DeletePoolResponse;
import dev.drover.protocol.control.v1.ScalePoolRequest;
import dev.drover.protocol.control.v1.ScalePoolResponse;
import dev.drover.supervisor.PoolSpec;
import dev.drover.supervisor.plan.Operation;
import dev.drover.supervisor.plan.Plan;
import java.util.List;
import java.util.function.Function;

/// The calls by which something else is wanted of pools. Any thread; each waits for the loop.
final class PoolCalls {
    private final Controls controls;

    PoolCalls(Controls controls) {
        this.controls = controls;
    }

    Reply<ApplyPoolsResponse> apply(ApplyPoolsRequest request) {
        if (request.getPoolsCount() == 0) {
            return refused(new Refusal.FieldMissing("pools"));
        }
        var violations = WorkerPools.violations("pools", request.getPoolsList());
        if (!violations.isEmpty()) {
            return refused(new Refusal.FieldsInvalid(violations));
        }
        var pools = request.getPoolsList().stream().map(Defaults::of).toList();
        return answer(
                controls.apply(pools, request.getDryRun()),
                plan -> ApplyPoolsResponse.newBuilder()
                        .addAllOperations(
                                plan.operations().stream().map(PlanMessages::of).toList())
                        .addAllLines(plan.lines())
                        .build());
    }

    Reply<ScalePoolResponse> scale(ScalePoolRequest request) {
        if (request.getName().isEmpty()) {
            return refused(new Refusal.FieldMissing("name"));
        }
        if (!request.hasReplicas()) {
            return refused(new Refusal.FieldMissing("replicas"));
        }
        int replicas = request.getReplicas();
        if (replicas < 0 || replicas > PoolSpec.MAX_REPLICAS) {
            return refused(new Refusal.FieldsInvalid(List.of(
                    new Violation("replicas", "is " + replicas + ", must be from 0 to " + PoolSpec.MAX_REPLICAS))));
        }
        return answer(
                controls.scale(request.getName(), replicas, request.getResourceVersion()),
                plan -> ScalePoolResponse.newBuilder()
                        .setPreviousReplicas(previous(plan, replicas))
                        .build());
    }

    private static int previous(Plan plan, int replicas) {
        return plan.operations().stream()
                .filter(Operation.Scale.class::isInstance)
                .map(Operation.Scale.class::cast)
                .mapToInt(Operation.Scale::from)
                .findFirst()
                .orElse(replicas);
    }

    Reply<DeletePoolResponse> delete(DeletePoolRequest request) {
        return request.getName().isEmpty()
                ? refused(new Refusal.FieldMissing("name"))
                : answer(controls.delete(request.getName()), _ -> DeletePoolResponse.getDefaultInstance());
    }

    private static <T> Reply<T> answer(ChangeAnswer answer, Function<Plan, T> message) {
        return switch (answer) {
            case ChangeAnswer.Done(var plan) -> new Reply.Done<>(message.apply(plan));
            case ChangeAnswer.Refused(var problems) -> refused(new Refusal.ChangeRefused(problems));
            case ChangeAnswer.Stale(var pool, var given, var current) ->
                refused(new Refusal.Stale(pool, given, current));
            case ChangeAnswer.NoSuchPool(var pool) -> refused(new Refusal.NoSuchPool(pool));
            case ChangeAnswer.NotRunning() -> refused(new Refusal.NotRunning());
        };
    }

    private static <T> Reply<T> refused(Refusal refusal) {
        return new Reply.Refused<>(refusal);
    }
}
