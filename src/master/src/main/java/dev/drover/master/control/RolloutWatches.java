package dev.drover.master.control;

import dev.drover.master.Controls;
import dev.drover.master.resource.RolloutMessages;
import dev.drover.protocol.control.v1.Rollout;
import dev.drover.protocol.control.v1.RolloutState;
import dev.drover.protocol.control.v1.WatchRolloutRequest;
import dev.drover.protocol.control.v1.WatchRolloutResponse;
import io.grpc.stub.ServerCallStreamObserver;

/// Tells rollouts as they go on. Each watch holds one state; while its reader does not read it is told nothing, and
/// afterwards the newest.
final class RolloutWatches {
    private final Controls controls;
    private final Watches watches;

    RolloutWatches(Controls controls, Watches watches) {
        this.controls = controls;
        this.watches = watches;
    }

    /// Begins one; to be called where gRPC calls.
    void start(WatchRolloutRequest request, ServerCallStreamObserver<WatchRolloutResponse> observer) {
        watches.start("WatchRollout", observer, () -> watch(request.getName(), observer));
    }

    private void watch(String name, ServerCallStreamObserver<WatchRolloutResponse> observer)
            throws CallRefused, InterruptedException {
        if (name.isEmpty()) {
            throw new CallRefused(new Refusal.FieldMissing("name"));
        }
        var told = Rollout.getDefaultInstance();
        while (true) {
            var rollout = look(name);
            if (!rollout.equals(told) && observer.isReady()) {
                observer.onNext(
                        WatchRolloutResponse.newBuilder().setRollout(rollout).build());
                told = rollout;
            }
            if (isEnd(told)) {
                return;
            }
            Watches.pause();
        }
    }

    private Rollout look(String name) throws CallRefused {
        if (controls.isStopping()) {
            throw new CallRefused(new Refusal.NotRunning());
        }
        return controls.snapshot()
                .pool(name)
                .map(RolloutMessages::of)
                .orElseThrow(() -> new CallRefused(new Refusal.NoSuchPool(name)));
    }

    private static boolean isEnd(Rollout rollout) {
        return rollout.getState() == RolloutState.ROLLOUT_STATE_COMPLETE
                || rollout.getState() == RolloutState.ROLLOUT_STATE_FAILED;
    }
}
